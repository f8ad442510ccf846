/**
 * Words as a line to paste into a shell: as they are where that is safe, else quoted for POSIX shells, or for cmd and
 * PowerShell on Windows.
 */
export function shellLine(words: readonly string[], platform: string = process.platform): string {
  return words.map((word) => quoted(word, platform)).join(' ');
}

function quoted(word: string, platform: string): string {
  const windows = platform === 'win32';
  if ((windows ? /^[\w@%+=:,./\\-]+$/ : /^[\w@%+=:,./-]+$/).test(word)) return word;
  return windows ? `"${word.replaceAll('"', '\\"')}"` : `'${word.replaceAll("'", `'\\''`)}'`;
}

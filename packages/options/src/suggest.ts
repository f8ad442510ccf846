/**
 * The known name that a mistyped or shortened one most likely means, or nothing where none is near: the one with the
 * fewest letters to change; else the one whose words begin so (`lr`, `learningRate`); else the shortest one that holds
 * these letters in this order (`tresh`, `threshold`).
 */
export function suggest(wrong: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Math.min(wrong.length, Math.max(2, Math.floor(wrong.length / 3)) + 1);
  for (const name of known) {
    const distance = editDistance(wrong.toLowerCase(), name.toLowerCase());
    if (distance < least) {
      least = distance;
      best = name;
    }
  }
  return best ?? known.find((name) => initials(name) === wrong.toLowerCase()) ?? shortened(wrong, known);
}

function initials(name: string): string {
  const words = name.split(/[-_]|(?=[A-Z])/);
  return words.length < 2 ? '' : words.map((word) => word.charAt(0).toLowerCase()).join('');
}

function shortened(wrong: string, known: readonly string[]): string | undefined {
  if (wrong.length < 3) return undefined;
  const holding = known.filter((name) => name[0] === wrong[0] && holdsInOrder(name, wrong));
  return holding.sort((a, b) => a.length - b.length)[0];
}

function holdsInOrder(name: string, letters: string): boolean {
  let from = 0;
  for (const letter of letters) {
    from = name.indexOf(letter, from) + 1;
    if (from === 0) return false;
  }
  return true;
}

/** Levenshtein distance. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[b.length]!;
}

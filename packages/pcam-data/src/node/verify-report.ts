/** What `verifyPcam` found out about a file. */
export interface FileReport {
  readonly name: string;
  readonly bytes: number;
  /** Absent after a quick check. */
  readonly md5?: string;
  /** Whether it is, byte for byte, the official file; absent after a quick check. */
  readonly official?: boolean;
}

/** What `verifyPcam` found out about a split. */
export interface SplitReport {
  readonly split: string;
  readonly files: readonly FileReport[];
  /** Absent where the split cannot be opened. */
  readonly patches?: {
    readonly length: number;
    readonly height: number;
    readonly width: number;
    readonly negatives: number;
    readonly positives: number;
    /** Patches with a mask that shows tumour anywhere; absent without masks. */
    readonly withTumourPixels?: number;
    /** Absent without metadata. */
    readonly slides?: number;
    /** Patches of a single colour; absent after a quick check, as are the next two. */
    readonly singleColour?: number;
    /** Patches whose pixels another patch of the split has, too; those of a single colour are not counted. */
    readonly identicalWithin?: number;
    /** Patches whose pixels are in another split, too, by that split, of those reported before. */
    readonly identicalAcross?: Readonly<Record<string, number>>;
  };
  /** What makes it unusable or untrue. */
  readonly problems: readonly string[];
  /** What is worth knowing but no fault. */
  readonly notes: readonly string[];
}

/** What `verifyPcam` found out about a folder. */
export interface VerifyReport {
  readonly dir: string;
  /** No split has problems. */
  readonly ok: boolean;
  readonly splits: readonly SplitReport[];
}

/** The report as lines for people. */
export function formatReport(report: VerifyReport): string[] {
  const lines: string[] = [];
  for (const { split, files, patches, problems, notes } of report.splits) {
    lines.push(
      `${split}: ${problems.length === 0 ? 'good' : `${problems.length} problem${problems.length > 1 ? 's' : ''}`}`,
    );
    if (patches) {
      const { length, height, width, negatives, positives, withTumourPixels, slides } = patches;
      const share = ((100 * positives) / length).toFixed(1);
      lines.push(
        `  ${length} patches of ${height}×${width}: ${negatives} negative, ${positives} positive (${share} %)`,
      );
      if (withTumourPixels !== undefined)
        lines.push(`  masks: ${withTumourPixels} patches with tumour pixels`);
      if (slides !== undefined) lines.push(`  slides: ${slides}`);
    }
    for (const { name, bytes, md5, official } of files) {
      const kind = md5 === undefined ? '' : `, md5 ${md5}${official ? ' (official)' : ''}`;
      lines.push(`  ${name}: ${bytes} bytes${kind}`);
    }
    for (const note of notes) lines.push(`  note: ${note}`);
    for (const problem of problems) lines.push(`  problem: ${problem}`);
  }
  return lines;
}

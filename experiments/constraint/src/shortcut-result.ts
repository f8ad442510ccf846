import type { Training } from './settings.js';

/** The artefact that goes with the label while training: the shortcut. */
export type Artefact = 'penMark' | 'blur';

/** What one network did that could learn the shortcut. */
export interface ShortcutResult {
  readonly training: Training;
  readonly lambda: number;
  readonly seed: number;
  readonly artefact: Artefact;
  /** AUROC where the artefact goes with the other class than in training: low for a network that took the shortcut. */
  readonly aurocShifted: number;
  /** AUROC where the artefact goes with neither class. */
  readonly aurocMatched: number;
  /** Of the positive attribution, the share in [0, 1] that lies on the artefact's pixels; null where there is none. */
  readonly artefactMass: number | null;
}

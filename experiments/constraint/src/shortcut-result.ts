import type { ArtefactKind } from '@pcam/pcam-data';
import type { Training } from './settings.js';

/** What one network reached whose training patches had an artefact that went with the label. */
export interface ShortcutResult {
  readonly training: Training;
  readonly lambda: number;
  readonly seed: number;
  readonly artefact: ArtefactKind;
  /** On patches where the artefact goes with the other label. */
  readonly aurocShifted: number;
  /** On patches where it goes with neither. */
  readonly aurocMatched: number;
  /** Share of the positive attribution that lies on the artefact, over test patches that have it; null where there is none. */
  readonly artefactMass: number | null;
  /** Share of those patches' pixels that the artefact covers. */
  readonly artefactArea: number;
}

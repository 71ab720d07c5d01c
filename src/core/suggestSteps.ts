/** How long to train on a text. */
import { DEFAULT_CONFIG } from './config.ts';

/** The sonnets, on which the default was measured. */
const MEASURED_BYTES = 94_000;
const FEWEST = 500;
const MOST = 6000;

/**
 * Grows with the square root of the text: a longer one has more to learn and is not learned by heart so soon. Measured at
 * 94 kB, tried at 1 MB; elsewhere it is a rule.
 * @example suggestSteps(94_000) === 1500
 * @example suggestSteps(1_000_000) === 4900
 */
export function suggestSteps(textBytes: number): number {
  const wanted = DEFAULT_CONFIG.training.steps * Math.sqrt(textBytes / MEASURED_BYTES);
  return Math.max(FEWEST, Math.min(MOST, 100 * Math.round(wanted / 100)));
}

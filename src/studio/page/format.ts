/** Numbers and durations in words, the same everywhere: never more digits than a person can use. */
import { grouped } from '../../core/counts.ts';

/** 14102 → "14,102". */
export const formatCount = grouped;

/** A figure and its unit apart, so that the unit can be set lighter. */
export interface Quantity {
  readonly number: string;
  readonly unit: string;
}

/** 1530000 → 1.46 MB. */
export function sizeQuantity(bytes: number): Quantity {
  if (bytes < 1024) return { number: String(Math.round(bytes)), unit: 'bytes' };
  if (bytes < 1024 ** 2) return { number: significant(bytes / 1024, 3), unit: 'kB' };
  if (bytes < 1024 ** 3) return { number: significant(bytes / 1024 ** 2, 3), unit: 'MB' };
  return { number: significant(bytes / 1024 ** 3, 3), unit: 'GB' };
}

export function formatSize(bytes: number): string {
  const { number, unit } = sizeQuantity(bytes);
  return `${number} ${unit}`;
}

const rounded = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });
const inMillions = new Intl.NumberFormat('en', {
  notation: 'compact',
  compactDisplay: 'long',
  maximumSignificantDigits: 3,
});

/** 538123 → "538,000", 1840000 → "1.84 million", 3.2e9 → "3.2 billion". */
export function formatLarge(value: number): string {
  if (value < 10_000) return formatCount(value);
  return (Math.round(value) < 999_500 ? rounded : inMillions).format(value);
}

/** Three significant digits without an exponent: 2.8123 → "2.81", 128.4 → "128". */
export function significant(value: number, digits: number): string {
  if (!Number.isFinite(value)) return '–';
  if (value === 0) return '0';
  const places = Math.max(0, digits - 1 - Math.floor(Math.log10(Math.abs(value))));
  return value.toFixed(Math.min(places, 12));
}

/** A difference with its sign: −0.35 is below, "+0.35" above. */
export function formatSigned(difference: number): string {
  const size = Math.abs(difference).toFixed(2);
  return Number(size) === 0 ? size : `${difference < 0 ? '−' : '+'}${size}`;
}

/** "3.880 ± 0.018". */
export function lossWithError({ loss, standardError }: { loss: number; standardError: number }): string {
  return `${loss.toFixed(3)} ± ${standardError.toFixed(3)}`;
}

/** A share as a percentage: 0.1532 → "15.3%". */
export function formatShare(share: number, places = 1): string {
  return `${(100 * share).toFixed(places)}%`;
}

/** A probability of any size: 0.0312 → "3.1%", 3.2e-14 → "3.2 × 10⁻¹⁴". */
export function formatProbability(probability: number): string {
  if (probability === 0 || probability >= 1e-6) return `${significant(100 * probability, 2)}%`;
  const [digits, exponent = ''] = probability.toExponential(1).split('e-');
  return `${digits} × 10⁻${[...exponent].map((digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)]).join('')}`;
}

/** 96 → "1 min 36 s"; 4100 → "1 h 8 min". */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–';
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** Time left, coarser the longer it is, so that it does not flicker: "about 2 min left". */
export function formatTimeLeft(seconds: number | null): string {
  if (seconds === null || !Number.isFinite(seconds)) return 'estimating the time left';
  if (seconds < 1) return 'almost done';
  if (seconds < 60) return `${Math.ceil(seconds)} s left`;
  if (seconds < 600) return `${Math.floor(seconds / 60)} min ${Math.floor((seconds % 60) / 10) * 10} s left`;
  return `about ${formatDuration(Math.round(seconds / 60) * 60)} left`;
}

const clock = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false });
const day = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short', year: 'numeric' });

/** "14:05:09", in the person's own time. */
export function formatClock(milliseconds: number): string {
  return clock.format(milliseconds);
}

/** "24 Nov 2026, 14:05", in the person's own time. */
export function formatMoment(milliseconds: number): string {
  const parts = new Map(day.formatToParts(milliseconds).map(({ type, value }) => [type, value]));
  return `${parts.get('day')} ${parts.get('month')} ${parts.get('year')}, ${formatClock(milliseconds).slice(0, 5)}`;
}

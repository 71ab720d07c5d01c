/** Versions of the libraries that compute. */
import * as tf from '@tensorflow/tfjs';

/** By name. */
export function libraryVersions(): Readonly<Record<string, string>> {
  return { tfjs: tf.version.tfjs };
}

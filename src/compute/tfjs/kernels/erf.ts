/** The error function and the exact GELU, on numbers. */

/**
 * The error function, within 1e-7 everywhere: a rational approximation of odd over even powers on [-4, 4].
 * Source: Eigen, `generic_fast_erf_float`.
 */
export function erf(value: number): number {
  const x = Math.min(4, Math.max(-4, value));
  const s = x * x;
  const p =
    -1.60960333262415e-2 +
    s *
      (-2.95459980854025e-3 +
        s *
          (-7.34990630326855e-4 +
            s *
              (-5.69250639462346e-5 +
                s * (-2.10102402082508e-6 + s * (2.77068142495902e-8 + s * -2.72614225801306e-10)))));
  const q =
    -1.42647390514189e-2 +
    s * (-7.37332916720468e-3 + s * (-1.68282697438203e-3 + s * (-2.13374055278905e-4 + s * -1.45660718464996e-5)));
  return (x * p) / q;
}

/** {@link erf} in WGSL. */
export const ERF_WGSL = `
  fn erfExact(value : f32) -> f32 {
    let x = clamp(value, -4.0, 4.0);
    let s = x * x;
    let p = -1.60960333262415e-2 + s * (-2.95459980854025e-3 + s * (-7.34990630326855e-4 + s * (-5.69250639462346e-5
      + s * (-2.10102402082508e-6 + s * (2.77068142495902e-8 + s * -2.72614225801306e-10)))));
    let q = -1.42647390514189e-2 + s * (-7.37332916720468e-3 + s * (-1.68282697438203e-3 + s * (-2.13374055278905e-4
      + s * -1.45660718464996e-5)));
    return x * p / q;
  }`;

import type { ReactNode } from 'react';
import { whyDefault } from '../store/evidence.ts';
import type { FieldPath } from '../store/limits.ts';

/** What a field does, and under it where its default comes from. */
export function WhyDefault({ path, explanation }: { readonly path: FieldPath; readonly explanation?: ReactNode }) {
  return (
    <>
      {explanation}
      <span className="field-why">{whyDefault(path)}</span>
    </>
  );
}

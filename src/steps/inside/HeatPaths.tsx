import { memo } from 'react';
import { SHADES, type ShadedPath } from './heat.ts';

interface HeatPathsProps {
  readonly paths: readonly ShadedPath[];
  readonly columns: number;
}

/** A square heat map that fills its box: more in one colour, less in another. */
export const HeatPaths = memo(function HeatPaths({ paths, columns }: HeatPathsProps) {
  return (
    <svg className="heat" viewBox={`0 0 ${columns} ${columns}`} preserveAspectRatio="none" aria-hidden="true">
      {paths.map(({ shade, path }) => (
        <path
          key={shade}
          className={shade < 0 ? 'heat-less' : 'heat-more'}
          fillOpacity={Math.abs(shade) / SHADES}
          d={path}
        />
      ))}
    </svg>
  );
});

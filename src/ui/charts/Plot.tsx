import { createElement, memo } from 'react';
import type { Mark } from './marks.ts';
import './plot.css';

/** The shapes of a drawing. Give it the same list again, and nothing is drawn anew. */
export const Plot = memo(function Plot({ marks }: { readonly marks: readonly Mark[] }) {
  return (
    <g className="plot">
      {marks.map(({ tag, look, attributes, words, figure }, index) => {
        const { 'text-anchor': textAnchor, 'stroke-dasharray': strokeDasharray, ...rest } = attributes;
        return createElement(
          tag,
          { key: index, className: look, textAnchor, strokeDasharray, ...rest },
          words,
          figure !== undefined && (
            <>
              {' '}
              <tspan className="plot-figure">{figure}</tspan>
            </>
          ),
        );
      })}
    </g>
  );
});

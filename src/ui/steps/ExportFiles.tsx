import { useEffect, useState } from 'react';
import { formatSize } from '../../store/format.ts';
import { useActions, useStudio } from '../../store/useStudio.ts';
import { Section } from '../design/StepPage.tsx';

/** What the folder holds; read anew when the weights, the name or the choice of files are others. */
export function ExportFiles() {
  const files = useStudio((state) => state.exportBundle.files);
  const name = useStudio((state) => state.exportBundle.name);
  const options = useStudio((state) => state.exportBundle.options);
  const step = useStudio((state) => state.train.state.step);
  const runs = useStudio((state) => state.train.runs.length);
  const { listBundle } = useActions();
  const weights = `${name} ${runs} ${step} ${JSON.stringify(options)}`;
  const [listed, setListed] = useState('');
  useEffect(() => {
    if (listed === weights) return;
    const timer = setTimeout(
      () => {
        setListed(weights);
        void listBundle();
      },
      listed === '' ? 0 : 300,
    );
    return () => clearTimeout(timer);
  }, [weights, listed, listBundle]);
  if (files.length === 0) return null;
  const total = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return (
    <Section title="What is in it" note={`${files.length} files, ${formatSize(total)}.`}>
      <table className="bundle bundle-files">
        <thead>
          <tr>
            <th scope="col">File</th>
            <th scope="col">Size</th>
            <th scope="col">What it is for</th>
          </tr>
        </thead>
        <tbody>
          {files.map(({ path, sizeBytes, purpose }) => (
            <tr key={path}>
              <th scope="row">
                <code>{path}</code>
              </th>
              <td className="bundle-size">{formatSize(sizeBytes)}</td>
              <td>{purpose}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Section>
  );
}

import { ErrorNotice } from '../../design/Notices.tsx';
import { Section } from '../../design/StepPage.tsx';
import { formatSize } from '../../studio/page/format.ts';
import { useEngine } from '../../studio/page/useEngine.ts';
import { useStudio } from '../../studio/page/useStudio.ts';
import { EMPTY_EXPORT, nameProblem } from './exportState.ts';

const TYPING_MS = 300;

/** What the folder holds; read anew when the weights, the name or the choice of files are others. */
export function ExportFiles() {
  const name = useStudio((state) => state.exportBundle.name);
  const options = useStudio((state) => state.exportBundle.options);
  const weights = useStudio(({ train }) => `${train.runs.length} ${train.state.step}`);
  const asked = { name: nameProblem(name) === null ? name : EMPTY_EXPORT.name, options };
  const { data: files, error } = useEngine('export.list', asked, { debounceMs: TYPING_MS, version: weights });
  if (files === null) return <ErrorNotice error={error} />;
  const total = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return (
    <Section title="What is in it" note={`${files.length} files, ${formatSize(total)}.`}>
      <ErrorNotice error={error} />
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

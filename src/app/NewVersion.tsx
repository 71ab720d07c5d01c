import { Notice } from '../design/Notices.tsx';
import { selectUnsaved } from '../studio/page/selectors.ts';
import { useActions, useStudio } from '../studio/page/useStudio.ts';

/** A newer version of Folio has arrived. It is offered, and never taken by itself. Draws nothing without one. */
export function NewVersion() {
  const update = useStudio((state) => state.offline.update);
  const unsaved = useStudio(selectUnsaved);
  const { takeNewVersion } = useActions();
  if (update === 'none') return null;
  return (
    <div className="page-notices">
      <Notice>
        A new version of Folio is on this device.{' '}
        {unsaved ? (
          'It starts the next time that you open the page; now it would cost you the run.'
        ) : (
          <button type="button" className="link-button" onClick={() => void takeNewVersion()}>
            Load the page again with it
          </button>
        )}
        {update === 'otherTabs' && ' Other tabs still use the former one: close them first.'}
      </Notice>
    </div>
  );
}

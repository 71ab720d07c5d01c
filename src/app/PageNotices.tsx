import { lazy, Suspense, useState } from 'react';
import { Notice } from '../design/Notices.tsx';
import { selectUnsaved } from '../studio/page/selectors.ts';
import { useActions, useStudio } from '../studio/page/useStudio.ts';

// Its dialogue is a seventh of the first page's script, and is not needed before somebody changes what was trained with.
const ChangeDialog = lazy(() => import('./ChangeDialog.tsx'));

/** What the page itself has to say, above the step: a newer version, and what was not possible in the link that opened it. */
export function PageNotices() {
  const notices = useStudio((state) => state.notices);
  const update = useStudio((state) => state.offline.update);
  const { dismissNotice } = useActions();
  if (update === 'none' && notices.length === 0) return null;
  return (
    <div className="page-notices">
      {update !== 'none' && <NewVersion otherTabs={update === 'otherTabs'} />}
      {notices.map((text) => (
        <Notice key={text} onClose={() => dismissNotice(text)}>
          {text}
        </Notice>
      ))}
    </div>
  );
}

/** A newer version of Folio has arrived. It is offered, and never taken by itself. */
function NewVersion({ otherTabs }: { readonly otherTabs: boolean }) {
  const unsaved = useStudio(selectUnsaved);
  const { takeNewVersion } = useActions();
  return (
    <Notice>
      A new version of Folio is on this device.{' '}
      {unsaved ? (
        'It starts the next time that you open the page; now it would cost you the run.'
      ) : (
        <button type="button" className="link-button" onClick={() => void takeNewVersion()}>
          Load the page again with it
        </button>
      )}
      {otherTabs && ' Other tabs still use the former one: close them first.'}
    </Notice>
  );
}

/** The question before a change that makes a trained model out of date. */
export function ChangeQuestion() {
  const pending = useStudio((state) => state.pendingChange !== null);
  const [asked, setAsked] = useState(false);
  if (pending && !asked) setAsked(true);
  return <Suspense fallback={null}>{asked && <ChangeDialog />}</Suspense>;
}

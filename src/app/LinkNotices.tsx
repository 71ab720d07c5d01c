import { Notice } from '../design/Notices.tsx';
import { useActions, useStudio } from '../studio/page/useStudio.ts';

/** What was not possible in the link that opened the page. */
export function LinkNotices() {
  const notices = useStudio((state) => state.notices);
  const { dismissNotice } = useActions();
  if (notices.length === 0) return null;
  return (
    <div className="page-notices">
      {notices.map((text) => (
        <Notice key={text} onClose={() => dismissNotice(text)}>
          {text}
        </Notice>
      ))}
    </div>
  );
}

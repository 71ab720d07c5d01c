import { useState } from 'react';
import { noticesAllowed } from '../../app/useEndNotice.ts';
import { useActions, useStudio } from '../../studio/page/useStudio.ts';

/** "Tell me when it ends": asks the browser only when it is pressed. */
export function TrainTellMe() {
  const wanted = useStudio((state) => state.train.tellAtEnd);
  const { setTellAtEnd } = useActions();
  const [allowed, setAllowed] = useState(noticesAllowed);
  const ask = async (): Promise<void> => {
    const answer = allowed === 'ask' ? await Notification.requestPermission() : 'granted';
    setAllowed(noticesAllowed());
    if (answer === 'granted') setTellAtEnd(true);
  };
  if (allowed === 'missing') return null;
  if (allowed === 'no') {
    return <p className="soft small">Notifications are blocked for this page; the browser’s settings allow them.</p>;
  }
  return (
    <p className="soft small" aria-live="polite">
      {wanted ? 'A notification will tell you when it ends. ' : 'It may take a while. '}
      <button type="button" className="link-button" onClick={() => (wanted ? setTellAtEnd(false) : void ask())}>
        {wanted ? 'Leave it' : 'Tell me when it ends'}
      </button>
    </p>
  );
}

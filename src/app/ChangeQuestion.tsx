import { Button, Modal } from '@mantine/core';
import { useActions, useStudio } from '../studio/page/useStudio.ts';

/** The question before a change that makes a trained model out of date. */
export function ChangeQuestion() {
  const pending = useStudio((state) => state.pendingChange);
  const { confirmChange, cancelChange } = useActions();
  return (
    <Modal
      opened={pending !== null}
      onClose={cancelChange}
      title="Change what the model was trained with?"
      withCloseButton={false}
    >
      <p>{pending?.sentence}</p>
      <div className="question-buttons">
        <Button variant="default" onClick={cancelChange} data-autofocus>
          Keep it as it is
        </Button>
        <Button onClick={confirmChange}>Change it</Button>
      </div>
    </Modal>
  );
}

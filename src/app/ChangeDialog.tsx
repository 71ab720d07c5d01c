import { Button, Group, Modal } from '@mantine/core';
import { useActions, useStudio } from '../studio/page/useStudio.ts';

/** Asks before a change that makes a trained model out of date. */
export default function ChangeDialog() {
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
      <Group justify="flex-end" gap={8} mt={20}>
        <Button onClick={cancelChange} data-autofocus>
          Keep it as it is
        </Button>
        <Button variant="filled" onClick={confirmChange}>
          Change it
        </Button>
      </Group>
    </Modal>
  );
}

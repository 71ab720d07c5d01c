import { Button } from '@mantine/core';
import { useState } from 'react';
import { ActionBar } from '../../src/design/ActionBar.tsx';
import { ChoiceField, NumberField } from '../../src/design/Field.tsx';
import { Figure, Figures } from '../../src/design/Figure.tsx';
import { Empty, ErrorNotice, Notice } from '../../src/design/Notices.tsx';
import { Pager } from '../../src/design/Pager.tsx';
import { ProgressLine } from '../../src/design/ProgressLine.tsx';
import { TokenText } from '../../src/design/TokenText.tsx';
import { Verse } from '../../src/design/Verse.tsx';

const PIECES = ['<s>', 'Sh', 'all', ' I', ' comp', 'are', ' thee', ' to', ' a', ' summer', '’', 's', ' day', '</s>'];
const TOKENS = PIECES.map((text, index) => ({
  id: index * 37,
  token: text.replace(' ', 'Ġ'),
  text,
  special: text.startsWith('<'),
  start: 0,
  end: 0,
}));
const LINES = ['Shall I compare thee to a summer’s day?', 'Thou art more lovely and more temperate:'];
const nothing = (): void => undefined;

/** The parts that every step is made of, each with when it is used. */
export function Components() {
  return (
    <section className="design-components">
      <h2>Components</h2>
      <Part
        name="ActionBar"
        use="What to press next, at the foot of a step. A button that can’t be pressed has its reason beside it."
      >
        <ActionBar label="Train tokenizer" onClick={nothing} note="The text is ready." />
        <ActionBar
          label="Start training"
          onClick={nothing}
          disabledReason="First create the model in the Model step."
        />
        <ActionBar label="Redraw" onClick={nothing} emphasis="quiet" note="Done: the next step is what to press.">
          <Button variant="filled" onClick={nothing}>
            Next: Model
          </Button>
        </ActionBar>
      </Part>
      <Part
        name="Figures"
        use="Numbers that can be trusted: the name above, the unit lighter, never more digits than were measured."
      >
        <Figures label="An example">
          <Figure label="Parameters" number="657,152" note="2.6 MB of weights" />
          <Figure label="Speed" number="5,120" unit="tokens/s" />
          <Figure label="Held-out loss" number="4.57" note="at step 400" />
        </Figures>
      </Part>
      <Part
        name="NumberField, ChoiceField"
        use="Plain words, the term in brackets, a sentence where it stands, and what is wrong with its range."
      >
        <Fields />
      </Part>
      <Part name="Notices" use="What stays true, what went wrong and what to do, and what is not there yet.">
        <Notice>The model is read by Transformers.js: the same tokens, the same guesses.</Notice>
        <ErrorNotice error={{ code: 'dataEmpty', message: 'empty', details: { name: 'notes.txt' } }} />
        <Empty>Once it is trained, its vocabulary is here.</Empty>
      </Part>
      <Part name="ProgressLine" use="How far something is, how long it will still take, and the way out.">
        <ProgressLine label="Training" done={0.62} detail="step 248 of 400" secondsLeft={74} onCancel={nothing} />
      </Part>
      <Part name="TokenText" use="A text by token, each with its id. Neighbours differ; special tokens are plain.">
        <TokenText label="A line" tokens={TOKENS} />
      </Part>
      <Part name="Verse, Pager" use="Verses as in a book, and the way through long lists.">
        <Verse lines={LINES} />
        <Pager offset={20} limit={20} total={1024} noun="tokens" onChange={nothing} />
      </Part>
    </section>
  );
}

function Part(props: { readonly name: string; readonly use: string; readonly children: React.ReactNode }) {
  return (
    <div className="design-part">
      <h3>{props.name}</h3>
      <p className="soft small">{props.use}</p>
      <div className="design-example">{props.children}</div>
    </div>
  );
}

function Fields() {
  const [size, setSize] = useState(2048);
  const [masking, setMasking] = useState('bert');
  return (
    <div className="fields">
      <NumberField
        label="Vocabulary size"
        description="More pieces make shorter rows, and each is seen less often."
        value={size}
        onChange={setSize}
        problem={null}
      />
      <NumberField label="Masking rate" value={2} onChange={nothing} problem="Masking rate must be from 0 to 0.9." />
      <ChoiceField
        label="Masking strategy"
        value={masking}
        onChange={setMasking}
        options={{
          bert: ['80 / 10 / 10', 'Mostly <mask>, sometimes another word or itself.'],
          mask: ['Always <mask>'],
        }}
      />
    </div>
  );
}

import { UnstyledButton } from '@mantine/core';
import { useDropzone } from 'react-dropzone';
import './fileDrop.css';

interface FileDropProps {
  /** Of the field behind it: "Text files". */
  readonly name: string;
  readonly title: string;
  readonly hint: string;
  /** Called with one file or more; with one alone unless `multiple`. */
  readonly onFiles: (files: readonly File[]) => void;
  readonly disabled: boolean;
  readonly multiple?: boolean;
}

/** Where files are dropped, or chosen. */
export function FileDrop({ name, title, hint, onFiles, disabled, multiple = false }: FileDropProps) {
  const { getRootProps, getInputProps, isDragAccept, open } = useDropzone({
    onDrop: (accepted, refused) => {
      // Of several, all are refused where one is wanted: the first of them is taken.
      const files = [...accepted, ...refused.map(({ file }) => file)];
      if (files.length > 0) onFiles(multiple ? files : files.slice(0, 1));
    },
    disabled,
    multiple,
    // The button in it is what is pressed: an area that is a button may not hold the field that it opens.
    noClick: true,
    noKeyboard: true,
  });
  return (
    <div
      {...getRootProps()}
      className="file-drop"
      data-accept={isDragAccept || undefined}
      data-disabled={disabled || undefined}
    >
      <input {...getInputProps({ 'aria-label': name, 'aria-hidden': true })} />
      <UnstyledButton disabled={disabled} onClick={open}>
        <span className="book">{title}</span>
        <span className="small soft">{hint}</span>
      </UnstyledButton>
    </div>
  );
}

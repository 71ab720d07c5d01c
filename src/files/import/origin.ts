/** What a person opens. */
export type BundleOrigin =
  | { readonly kind: 'zip'; readonly name: string; readonly blob: Blob }
  /** Paths are within the folder, with forward slashes. */
  | {
      readonly kind: 'folder';
      readonly name: string;
      readonly files: readonly { readonly path: string; readonly blob: Blob }[];
    };

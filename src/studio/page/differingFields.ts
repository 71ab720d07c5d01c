/** What differs between the settings of runs. */
import { FIELD_PATHS, type FieldPath, type RunConfig, readField, settingOf } from '../../core/config.ts';

/** The settings in which runs differ, in the order of the steps. */
export function differingFields(configs: readonly RunConfig[]): FieldPath[] {
  const [first, ...others] = configs;
  if (first === undefined) return [];
  return FIELD_PATHS.filter(
    (path) =>
      !settingOf(path).withoutEffect &&
      others.some((config) => !Object.is(readField(config, path), readField(first, path))),
  );
}

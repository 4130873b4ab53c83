import { allFlagsBut } from '../flags.ts';

/** The AWS CLI's flags take a value but for these; `--no-…` never do. */
export const awsFlags = allFlagsBut(
  '--debug --force --force-new-deployment --dry-run --include-email --publish --force-upload --enable-execute-command',
);

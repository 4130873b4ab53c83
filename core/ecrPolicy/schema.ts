import * as z from 'zod';

/** Stands for a value that a variable makes: it passes everywhere. */
export const open: unique symbol = Symbol('a value that nobody knows');

/** Amazon ECR's own limit on `*` in one pattern. */
const maximumWildcards = 4;

/** A value, or one that a variable makes. */
function known<T extends z.ZodType>(schema: T) {
  return z.union([z.custom<typeof open>(value => value === open), schema]);
}

const count = known(z.int('must be a whole number').min(1, 'must be 1 or more'));
const pattern = z
  .string('must be a text')
  .min(1, 'must not be empty')
  .max(128, 'is longer than a tag may be')
  .refine(value => value.split('*').length - 1 <= maximumWildcards, `has more than ${maximumWildcards} \`*\``);
const prefix = z.string('must be a text').min(1, 'must not be empty').max(128, 'is longer than a tag may be');
const list = (item: z.ZodType<string>) => known(z.array(known(item), 'must be a list').min(1, 'must not be empty')).optional();

const selection = z
  .strictObject(
    {
      tagStatus: known(z.enum(['tagged', 'untagged', 'any'], 'must be `tagged`, `untagged` or `any`')),
      tagPatternList: list(pattern),
      tagPrefixList: list(prefix),
      storageClass: known(z.enum(['standard', 'archive'], 'must be `standard` or `archive`')).optional(),
      countType: known(
        z.enum(
          ['imageCountMoreThan', 'sinceImagePushed', 'sinceImagePulled', 'sinceImageTransitioned'],
          'must be `imageCountMoreThan`, `sinceImagePushed`, `sinceImagePulled` or `sinceImageTransitioned`',
        ),
      ),
      countUnit: known(z.literal('days', 'must be `days`')).optional(),
      countNumber: count,
    },
    'must be an object',
  )
  .check(({ value, issues }) => {
    const say = (message: string, ...path: string[]) => issues.push({ code: 'custom', input: value, message, path });
    const { tagStatus, tagPatternList, tagPrefixList, countType, countUnit } = value;
    if (tagPatternList && tagPrefixList) say('cannot stand beside `tagPrefixList`', 'tagPatternList');
    if (tagStatus === 'tagged' && !tagPatternList && !tagPrefixList)
      say('needs `tagPatternList` or `tagPrefixList` beside it', 'tagStatus');
    if (tagStatus === 'untagged' || tagStatus === 'any') {
      if (tagPatternList) say(`goes with \`tagStatus: tagged\` alone`, 'tagPatternList');
      if (tagPrefixList) say(`goes with \`tagStatus: tagged\` alone`, 'tagPrefixList');
    }
    if (countType === open) return;
    if (countType === 'imageCountMoreThan' && countUnit) say('goes with the counts of days alone', 'countUnit');
    if (countType !== 'imageCountMoreThan' && !countUnit) say('needs `countUnit: days` beside it', 'countType');
  });

const action = z.strictObject(
  {
    type: known(z.enum(['expire', 'transition'], 'must be `expire` or `transition`')),
    targetStorageClass: known(z.literal('archive', 'must be `archive`')).optional(),
  },
  'must be an object',
);

const rule = z
  .strictObject({ rulePriority: count, description: known(z.string('must be a text')).optional(), selection, action }, 'must be an object')
  .check(({ value: { selection, action }, issues }) => {
    // Images are removed by their age or number; how long ago somebody pulled them only sends them to the archive.
    if (selection.countType === 'sinceImagePulled' && action.type === 'expire')
      issues.push({ code: 'custom', input: action, message: 'cannot be `expire` with `sinceImagePulled`', path: ['action', 'type'] });
  });

/** A lifecycle policy as the user guide describes it (LifecyclePolicies, lifecycle_policy_parameters). */
export const lifecycleSchema = z
  .strictObject({ rules: z.array(rule, 'must be a list').min(1, 'must not be empty') }, 'must be an object')
  .check(({ value: { rules }, issues }) => {
    const say = (message: string, ...path: (string | number)[]) => issues.push({ code: 'custom', input: rules, message, path });
    const priorities = rules.map(({ rulePriority }) => rulePriority);
    const last = Math.max(...priorities.map(priority => (typeof priority === 'number' ? priority : 0)));
    const untagged = new Set<unknown>();
    for (const [index, { rulePriority, selection }] of rules.entries()) {
      const at = ['rules', index] as const;
      if (rulePriority !== open && priorities.indexOf(rulePriority) < index) say('is another rule’s too', ...at, 'rulePriority');
      if (selection.tagStatus === 'any' && typeof rulePriority === 'number' && rulePriority < last)
        say('is lower than another rule’s: a rule for `any` image comes last', ...at, 'rulePriority');
      if (selection.tagStatus !== 'untagged') continue;
      const storage = selection.storageClass ?? 'standard';
      if (untagged.has(storage)) say('can be `untagged` in one rule alone', ...at, 'selection', 'tagStatus');
      untagged.add(storage);
    }
  });

export type LifecycleFile = z.infer<typeof lifecycleSchema>;

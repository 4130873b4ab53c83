import { type Mobility, tagMobility } from '../image/mobility.ts';
import { type HolePart, literal, type Template } from '../image/template.ts';
import type { Start } from './starts.ts';

const runsName = /^github\.(?:ref|ref_name|event\.ref)$/i;
const gitTag = /^(?:github\.event\.release\.tag_name|the git tag|github\.ref_name like .*)$/i;
const branchName =
  /^(?:github\.(?:head_ref|base_ref|event\.(?:pull_request\.(?:head|base)\.ref|workflow_run\.head_branch|repository\.default_branch))|the branch)$/i;
const requestNumber = /^github\.event\.(?:number|(?:pull_request|issue)\.number)$/i;

/** What a shell may do to a git tag's name and leave it the name of that version: take a prefix away, make it fit for a tag. */
const harmless = /^(?:\$\{\w+##?[^}]*\}|\$\{\w+\/\/?[^}]*\}|\$\{\w+,,?\}|tr\b.*|sed\b(?!.*\\\d).*|lower case)$/;

/**
 * Whether a tag that is pushed in a run that began like `start` is pushed again by later runs. A name that is written out is, whatever it
 * says, unless it is a version, a commit or a date; the run's own branch moves, its git tag does not; a pull request's number stays while
 * the request changes.
 */
export function mobilityAt(tag: Template, start: Start): Mobility {
  const known = literal(tag);
  if (known !== undefined) return tagMobility(tag) === 'immutable' ? 'immutable' : 'moving';
  const parts = tag.map((part): Mobility => {
    if (part.kind === 'text') return tagMobility([part]) === 'immutable' ? 'immutable' : 'moving';
    return part.kind === 'hole' ? ofHole(part, start) : 'unknown';
  });
  if (parts.includes('immutable')) return 'immutable';
  return parts.includes('unknown') ? 'unknown' : 'moving';
}

function ofHole(part: HolePart, start: Start): Mobility {
  const { source, changes = [], shape } = part;
  if (isRequestNumber(part) || branchName.test(source)) return 'moving';
  if (runsName.test(source) || gitTag.test(source)) {
    if (runsName.test(source) && start.on !== 'tag') return 'moving';
    return changes.every(change => harmless.test(change)) ? 'immutable' : 'unknown';
  }
  if (shape === 'sha40' || shape === 'shortSha') return 'immutable';
  return tagMobility([part]);
}

/** The number of a pull request or issue: one name for all its pushes. */
export function isRequestNumber(part: Template[number]): boolean {
  return part.kind === 'hole' && requestNumber.test(part.source);
}

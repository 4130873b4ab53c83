import type { Author, Shape } from '../../image/shape.ts';
import { hole, type Template } from '../../image/template.ts';
import type { ActionAdapter, StepReader } from '../stepReader.ts';

function output(step: StepReader, name: string, shape: Shape, author: Author): readonly [string, Template] {
  return [name, hole(`steps.${step.step.id?.value ?? '?'}.outputs.${name}`, shape, step.at, author)];
}

/** xt0rted/slash-command-action: what stands behind a command in a comment, by whoever has the right that it asks for (`write` unless told otherwise). */
const slashCommand: ActionAdapter = {
  names: ['xt0rted/slash-command-action'],
  read(step) {
    const author = /^(?:none|read|triage)$/.test(step.text('permission-level') ?? 'write') ? 'stranger' : 'pusher';
    return {
      facts: [],
      outputs: new Map([output(step, 'command-name', 'tagSafe', 'trusted'), output(step, 'command-arguments', 'line', author)]),
    };
  },
};

/** The branches and commits of the pull request that a comment stands below; the head's branch is named by its author. */
const commentBranch: ActionAdapter = {
  names: [
    'xt0rted/pull-request-comment-branch',
    'alessbell/pull-request-comment-branch',
    'eficode/resolve-pr-refs',
    'github/branch-deploy',
  ],
  read(step) {
    return {
      facts: [],
      outputs: new Map([
        ...['base_sha', 'head_sha', 'sha'].map(name => output(step, name, 'sha40', 'trusted')),
        ...['head_ref', 'ref'].map(name => output(step, name, 'gitRef', 'stranger')),
        output(step, 'base_ref', 'gitRef', 'trusted'),
      ]),
    };
  },
};

/** Actions that read what a comment on a pull request asks for. */
export const commentReaders: readonly ActionAdapter[] = [slashCommand, commentBranch];

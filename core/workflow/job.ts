import { readLegs } from './legs.ts';
import { readMatrix } from './matrix.ts';
import type { Concurrency, Job, Permissions, Step } from './model.ts';
import type { Scalar } from './scalar.ts';
import type { TreeReader } from './tree.ts';

/** Built field by field: what is absent must be left out, as exactOptionalPropertyTypes wants it. */
type Written<T> = { -readonly [K in keyof T]: T[K] };

/** A job of a workflow; an action's steps are one too. */
export function readJob(reader: TreeReader, id: Scalar, node: unknown): Job {
  const job: Written<Job> = {
    id,
    needs: [],
    runsOn: [],
    services: [],
    matrix: new Map(),
    legs: [],
    steps: [],
    span: reader.span(reader.map(node)),
  };
  reader.each(node, (key, value) => readJobField(reader, job, key, value));
  return job;
}

function readJobField(reader: TreeReader, job: Written<Job>, key: string, value: unknown): void {
  switch (key) {
    case 'name':
    case 'if':
    case 'uses':
      set(job, key, reader.scalar(value));
      break;
    case 'env':
    case 'outputs':
    case 'with':
      set(job, key, reader.entries(value));
      break;
    case 'needs':
      job.needs = reader.scalars(value);
      break;
    case 'runs-on':
      job.runsOn = reader.scalars(value);
      break;
    case 'environment':
      set(job, 'environment', reader.scalar(value) ?? reader.field(value, 'name'));
      break;
    case 'container':
      set(job, 'container', reader.scalar(value) ?? reader.field(value, 'image'));
      break;
    case 'permissions':
      set(job, 'permissions', readPermissions(reader, value));
      break;
    case 'concurrency':
      set(job, 'concurrency', readConcurrency(reader, value));
      break;
    case 'services':
      job.services = reader.pairs(value).flatMap(({ value: service }) => reader.scalar(service) ?? reader.field(service, 'image') ?? []);
      break;
    case 'defaults':
      set(job, 'shell', reader.field(reader.get(value, 'run'), 'shell'));
      set(job, 'workingDirectory', reader.field(reader.get(value, 'run'), 'working-directory'));
      break;
    case 'strategy':
      readStrategy(reader, job, value);
      break;
    case 'continue-on-error':
      set(job, 'continueOnError', reader.scalar(value));
      break;
    case 'steps':
      job.steps = readSteps(reader, value);
      break;
    case 'secrets':
      set(job, 'secrets', reader.scalar(value)?.value === 'inherit' ? 'inherit' : reader.entries(value));
      break;
  }
}

function readStrategy(reader: TreeReader, job: Written<Job>, value: unknown): void {
  const matrix = reader.get(value, 'matrix');
  set(job, 'maxParallel', reader.field(value, 'max-parallel'));
  job.matrix = readMatrix(reader, matrix);
  job.legs = readLegs(reader, matrix);
}

function readSteps(reader: TreeReader, node: unknown): readonly Step[] {
  // Aliases make many steps of few: what they add up to is bounded, not only how many there are.
  const items = reader.take(reader.items(node));
  return items.flatMap((item, index) => (reader.map(item) ? [readStep(reader, item, index)] : []));
}

function readStep(reader: TreeReader, node: unknown, index: number): Step {
  const step: Written<Step> = { index, span: reader.span(reader.map(node)) };
  reader.each(node, (key, value, written) => {
    switch (key) {
      case 'id':
      case 'name':
      case 'if':
      case 'uses':
      case 'shell':
        set(step, key, reader.scalar(value));
        break;
      case 'run':
        set(step, 'run', reader.scalar(value));
        step.runKey = reader.span(written);
        break;
      case 'working-directory':
        set(step, 'workingDirectory', reader.scalar(value));
        break;
      case 'with':
      case 'env':
        set(step, key, reader.entries(value));
        break;
      case 'continue-on-error':
        set(step, 'continueOnError', reader.scalar(value));
        break;
    }
  });
  return step;
}

function set<T, K extends keyof T>(target: T, key: K, value: T[K] | undefined): void {
  if (value !== undefined) target[key] = value;
}

/** The `permissions:` of a workflow or job. */
export function readPermissions(reader: TreeReader, node: unknown): Permissions | undefined {
  const all = reader.scalar(node);
  if (all) {
    const granted = { 'read-all': 'read', 'write-all': 'write' } as const;
    return { all: granted[all.value as keyof typeof granted] ?? 'none', scopes: new Map(), span: all.span };
  }
  const map = reader.map(node);
  if (!map) return undefined;
  const scopes = new Map(reader.pairs(map).map(({ key, value }) => [key.value, reader.scalar(value)?.value ?? 'none']));
  return { scopes, span: reader.span(map) };
}

/** The `concurrency:` of a workflow or job. */
export function readConcurrency(reader: TreeReader, node: unknown): Concurrency | undefined {
  const group = reader.scalar(node);
  if (group) return { group, span: group.span };
  const map = reader.map(node);
  if (!map) return undefined;
  const concurrency: Written<Concurrency> = { span: reader.span(map) };
  set(concurrency, 'group', reader.field(map, 'group'));
  set(concurrency, 'cancelInProgress', reader.field(map, 'cancel-in-progress'));
  return concurrency;
}

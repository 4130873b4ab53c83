// `npm run fuzz [-- --minutes 10] [--seed N]`: looks for an input that breaks the linter, until the time is up or one is found.
import { parseArgs } from 'node:util';
import { corpus, ownWorkflows } from '../core/corpus.ts';
import { fuzz } from './run.ts';

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '10' }, seed: { type: 'string' } } });
const minutes = Number(values.minutes);
const seed = values.seed === undefined ? Date.now() % 1_000_000_007 : Number(values.seed);
if (!(minutes > 0) || !Number.isInteger(seed)) {
  process.stderr.write('--minutes is a number above 0, --seed a whole number.\n');
  process.exit(2);
}
const samples = [...ownWorkflows(), ...corpus()].map(({ text }) => text);
process.stdout.write(`Seed ${seed}, ${minutes} minutes, ${samples.length} workflows to start from.\n`);
const { runs, fixes, failure } = fuzz(samples, seed, minutes * 60_000);
process.stdout.write(`${runs} inputs and ${fixes} fixes.\n`);
if (failure) {
  process.stdout.write(`\n${failure.kind}, seed ${failure.seed}: ${failure.message}\n\n${failure.text}\n`);
  process.exitCode = 1;
}

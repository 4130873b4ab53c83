import { splitOnce } from '../../image/split.ts';
import { display, extent, literal } from '../../image/template.ts';
import type { Fact } from '../usage.ts';
import type { CommandAdapter } from './command.ts';
import { readFlags, skipGlobalFlags } from './flags.ts';

const valued = new Set([
  '-n',
  '--namespace',
  '--context',
  '--cluster',
  '--kubeconfig',
  '-f',
  '--filename',
  '-l',
  '--selector',
  '-o',
  '--output',
  '--user',
  '-s',
  '--server',
  '--field-manager',
  '--dry-run',
]);

/** `kubectl set image KIND/NAME container=REFERENCE…`, also as `KIND NAME container=…`. */
export const kubectl: CommandAdapter = {
  names: ['kubectl', 'oc'],
  read({ words }): readonly Fact[] {
    // Flags may stand before the verb, also as a variable that nobody knows.
    const rest = skipGlobalFlags(words.slice(1), valued);
    const verb = rest.findIndex(({ template }) => literal(template) !== undefined);
    if (literal(rest[verb]?.template ?? []) !== 'set' || literal(rest[verb + 1]?.template ?? []) !== 'image') return [];
    const { values, switches, positionals } = readFlags(rest.slice(verb + 2), valued);
    // A trial whose result is written out may be applied by the next command.
    const tries = values.get('--dry-run')?.some(({ template }) => literal(template) !== 'none') || switches.has('--dry-run');
    if (tries && !values.has('-o') && !values.has('--output')) return [];
    const global = readFlags(words.slice(1), valued).values;
    const where = ['-n', '--namespace', '--context', '--cluster'].flatMap(flag => [
      ...(values.get(flag) ?? []),
      ...(global.get(flag) ?? []),
    ]);
    const named = positionals.filter(({ template }) => !splitOnce(template, '='));
    const target = [...named, ...where].map(({ template }) => display(template)).join(' ');
    return positionals.flatMap((item): Fact[] => {
      const pair = splitOnce(item.template, '=');
      if (!pair) return [];
      const span = extent(pair[1]) ?? item.span;
      return [{ kind: 'deploy', at: span, reference: { template: pair[1], span }, target }];
    });
  },
};

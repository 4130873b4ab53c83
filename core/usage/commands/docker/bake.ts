import { literal } from '../../../image/template.ts';
import { bakeFacts, defaultBakeFiles, parseBake, readOverride, targetNames } from '../../bake/call.ts';
import type { BakeFile } from '../../bake/syntax.ts';
import type { Fact } from '../../usage.ts';
import { all, flags, isOn } from '../flags.ts';
import type { Call, Verb } from '../program.ts';

/** `docker buildx bake [-f FILE] [--set TARGET.KEY=VALUE] [--push] TARGET…`. */
export const bake: Verb = {
  names: ['buildx bake', 'buildx f', 'bake'],
  flags: flags('-f|--file --set --builder --progress --metadata-file --provenance --sbom --allow --call --list --var --project --token'),
  read(line, call) {
    if (isOn(line, '--print', '--check') === true) return [];
    const opaque = (reason: string): Fact => ({ kind: 'opaque', what: 'command', name: 'docker buildx bake', at: call.at, reason });
    const targets = targetNames(line.positionals);
    if (!targets) return [opaque('an expression decides what it builds')];
    const names = all(line, '--file').map(({ template }) => literal(template));
    const read = (path: string) => fileAt(path, call);
    const files = names.length > 0 ? names.flatMap(path => (path === undefined ? [] : (read(path) ?? []))) : defaultBakeFiles(read);
    const facts = bakeFacts({
      files,
      at: call.at,
      environment: name => call.context.variable(call.command, name),
      targets,
      tool: 'docker buildx bake',
      overrides: all(line, '--set').flatMap(item => readOverride(item) ?? []),
      pushes: isOn(line, '--push'),
    });
    const isComplete = names.length > 0 ? files.length === names.length : files.length > 0;
    return isComplete ? facts : [...facts, opaque('its bake file is not in this workspace')];
  },
};

function fileAt(path: string, { context, command, at }: Call): BakeFile | undefined {
  const text = context.file(path.replace(/^\.\//, ''));
  return text === undefined ? undefined : parseBake(path, text, { at, environment: name => context.variable(command, name) });
}

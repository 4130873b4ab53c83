import { literal } from '../../../image/template.ts';
import { bakeFacts, defaultBakeFiles, parseBake, readOverride, targetNames } from '../../bake/call.ts';
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
    const paths = names.length > 0 ? names : defaultBakeFiles;
    const files = paths.flatMap(path => (path === undefined ? [] : (fileAt(path, call) ?? [])));
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

function fileAt(path: string, { context }: Call) {
  const text = context.file(path.replace(/^\.\//, ''));
  return text === undefined ? undefined : parseBake(path, text);
}

import { display, literal } from '../../../image/template.ts';
import type { Fact, Item } from '../../usage.ts';
import type { CommandAdapter } from '../command.ts';
import { all, flags, isOn, readFlags } from '../flags.ts';
import { type Call, noFlags, program, type Verb } from '../program.ts';
import { leaves, writtenFile } from './manifestFiles.ts';
import { deploysOf, type Setting } from './settings.ts';
import { valuesBehind } from './written.ts';

const assignment = /\.(\w*[iI]mage\w*|tag|newTag|newName|digest|repository)["'\])]*[ \t]*\|?=(?!=)[ \t]*(?:"|(?:str)?env\(|\$)?/g;

/** The paths that a yq or jq program sets. */
function assigned(source: Item, call: Call, names: ReadonlyMap<string, Item>): readonly Setting[] {
  return valuesBehind(source, assignment, /["\s|)]/).flatMap(found => {
    const { opening, ...value } = found;
    const key = /\w+/.exec(opening)?.[0] ?? '';
    const name = literal(value.template) ?? '';
    if (opening.endsWith('$')) {
      const given = names.get(name);
      return given ? [{ key, value: given }] : [];
    }
    if (!opening.endsWith('env(')) return opening.endsWith('"') ? [{ key, value }] : [];
    const variable = call.context.variable(call.command, name);
    return variable ? [{ key, value: { template: variable.map(part => ({ ...part, at: value.span })), span: value.span } }] : [];
  });
}

/** `yq -i '.image.tag = "X"' FILE`. */
const edit: Verb = {
  names: ['', 'e', 'eval'],
  flags: flags('-o|--output-format -p|--input-format -I|--indent -f|--from-file --expression --split-exp -s'),
  read(line, call) {
    const [source, ...files] = [...all(line, '--expression'), ...line.positionals];
    const file = isOn(line, '-i', '--inplace') === false ? undefined : writtenFile(files);
    return source && file !== undefined && leaves(file, call.context.script) ? deploysOf(assigned(source, call, new Map()), file) : [];
  },
};

export const yq = program(['yq'], noFlags, [edit]);

/** `jq --arg IMAGE "$X" '.containerDefinitions[0].image = $IMAGE'`: a task definition or manifest is made. */
export const jq: CommandAdapter = {
  names: ['jq'],
  read(command, context): readonly Fact[] {
    const names = new Map<string, Item>();
    const rest: Item[] = [];
    for (let at = 1; at < command.words.length; at++) {
      const [word, name, value] = command.words.slice(at);
      const flag = literal(word?.template ?? []);
      if ((flag === '--arg' || flag === '--argjson') && name && value) {
        names.set(literal(name.template) ?? '', value);
        at += 2;
      } else if (word && !flag?.startsWith('-')) rest.push(word);
    }
    const [source] = rest;
    if (!source || !/containerDefinitions|containers/.test(display(source.template))) return [];
    const call: Call = { command, context, program: 'jq', verb: '', at: command.span, globals: readFlags([], noFlags) };
    return deploysOf(assigned(source, call, names), 'containerDefinitions');
  },
};

import { splitOnce } from '../../../image/split.ts';
import { extent, literal } from '../../../image/template.ts';
import { cacheFact } from '../../actions/buildPush.ts';
import { readAttributes } from '../../attributes.ts';
import type { Fact, Item } from '../../usage.ts';
import { listed } from '../docker/buildx.ts';
import { all, flags, itemIn } from '../flags.ts';
import { program, type Verb } from '../program.ts';

const buildctlFlags = flags(
  '-o|--output --opt --local --frontend --export-cache --import-cache --secret --ssh --progress --metadata-file --allow --addr',
);

/** BuildKit's own client: `--output type=image,name=…,push=true`, `--opt build-arg:A=B`. */
const build: Verb = {
  names: ['build', 'b'],
  flags: buildctlFlags,
  read(line, { at }) {
    const outputs = all(line, '--output').map(item => ({ item, attributes: readAttributes(item.template) }));
    const tags = outputs.flatMap(({ item, attributes }) =>
      attributes.filter(({ key }) => key === 'name').flatMap(({ value }) => listed({ template: value, span: extent(value) ?? item.span })),
    );
    const is = (name: string) =>
      outputs.some(({ attributes }) => attributes.some(({ key, value }) => key === name && literal(value) === 'true'));
    const options = (name: string): readonly Item[] =>
      all(line, '--opt').flatMap(item => {
        const pair = splitOnce(item.template, name);
        return pair && pair[0].length === 0 ? [itemIn(item, pair[1])] : [];
      });
    const fact: Fact = {
      kind: 'build',
      tool: 'buildctl build',
      at,
      tags,
      pushes: is('push'),
      byDigest: is('push-by-digest'),
      platforms: options('platform=')
        .flatMap(listed)
        .map(({ template }) => template),
      buildArgs: options('build-arg:'),
      buildContexts: [],
      labels: options('label:'),
    };
    const exports = all(line, '--export-cache').flatMap(entry => cacheFact('cacheExport', entry));
    return [fact, ...exports, ...all(line, '--import-cache').flatMap(entry => cacheFact('cacheImport', entry))];
  },
};

export const buildctl = program(['buildctl', 'buildctl-daemonless.sh'], flags('--addr --tlscacert --tlscert --tlskey --tlsdir --timeout'), [
  build,
]);

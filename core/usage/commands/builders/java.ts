import { splitOnce } from '../../../image/split.ts';
import { derived, literal, type Template } from '../../../image/template.ts';
import type { ShellCommand } from '../../../shell/interpret.ts';
import type { Fact, Item } from '../../usage.ts';
import type { CommandAdapter } from '../command.ts';
import { listed } from '../docker/buildx.ts';
import { itemIn } from '../flags.ts';
import { repositoryOf } from '../references.ts';

/** Tasks and goals of Maven and Gradle that make images: whether they push, and the properties that name them. */
const tasks: readonly {
  readonly task: RegExp;
  readonly pushes: boolean;
  readonly image: readonly string[];
  readonly tags: readonly string[];
}[] = [
  {
    task: /(?:^|:)jib$|(?:^|:)jib:build$|jib-maven-plugin.*:build$/,
    pushes: true,
    image: ['-Djib.to.image', '-Dimage', '--image'],
    tags: ['-Djib.to.tags'],
  },
  {
    task: /jibDockerBuild$|jib:dockerBuild$|jibBuildTar$|jib:buildTar$/,
    pushes: false,
    image: ['-Djib.to.image', '-Dimage', '--image'],
    tags: ['-Djib.to.tags'],
  },
  {
    task: /bootBuildImage$|spring-boot:build-image(?:-no-fork)?$/,
    pushes: false,
    image: ['-Dspring-boot.build-image.imageName', '--imageName'],
    tags: [],
  },
];

const publishes = /^(?:--publishImage|-Dspring-boot\.build-image\.publish(?:=true)?)$/;

/** Images that Maven and Gradle make with Jib or Spring Boot, as far as the command names them. */
export const java: CommandAdapter = {
  names: ['mvn', 'mvnw', 'mvnd', 'gradle', 'gradlew'],
  read(command): readonly Fact[] {
    const words = command.words.slice(1);
    const known = words.map(({ template }) => literal(template) ?? '');
    return known.flatMap((word): readonly Fact[] => {
      const found = tasks.find(({ task }) => task.test(word));
      if (!found) return [];
      const image = property(command, found.image);
      // The name is in a file of the build.
      if (!image)
        return [{ kind: 'opaque', at: command.span, what: 'command', name: `${literal(command.words[0]?.template ?? [])} ${word}` }];
      const tags = found.tags.flatMap(name => property(command, [name]) ?? []).flatMap(listed);
      const more = tags.map(
        (tag): Item => ({ template: [...repositoryOf(image).template, ...derived(':', tag.span), ...tag.template], span: tag.span }),
      );
      const pushes = found.pushes || known.some(flag => publishes.test(flag));
      const build = {
        kind: 'build',
        tool: word,
        at: command.span,
        pushes,
        byDigest: false,
        buildArgs: [],
        buildContexts: [],
        labels: [],
      } as const;
      return [{ ...build, tags: [image, ...more] }];
    });
  },
};

/** `-Dname=value` or `--name=value`, `--name value`; the first of the names that is given. */
function property({ words }: ShellCommand, names: readonly string[]): Item | undefined {
  for (const [index, word] of words.entries()) {
    const pair = splitOnce(word.template, '=');
    const name = literal(pair?.[0] ?? word.template);
    if (name === undefined || !names.includes(name)) continue;
    const value: Template = pair?.[1] ?? [];
    return pair ? itemIn(word, value) : words[index + 1];
  }
  return undefined;
}

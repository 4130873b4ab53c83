import { flags } from '../flags.ts';
import { loginVerb } from '../login.ts';
import { program } from '../program.ts';
import { bake } from './bake.ts';
import { build } from './build.ts';
import { buildx } from './buildx.ts';
import { compose, composeFlags, composeProgram } from './compose.ts';
import { images } from './images.ts';
import { services } from './run.ts';

const globals = flags(
  '-f|--file -p|--project-name --env-file --profile --project-directory --ansi --progress --parallel -c|--context -H|--host --config -l|--log-level --builder --tlscacert --tlscert --tlskey -n|--namespace -a|--address --root --storage-driver',
);

/** `docker` and the programs that share its command line. */
export const docker = program(['docker', 'podman', 'nerdctl', 'buildah'], globals, [
  build,
  ...images,
  ...buildx,
  bake,
  ...services,
  ...compose,
  loginVerb('login'),
]);

/** Compose as a program of its own. */
export const dockerCompose = program(['docker-compose', 'podman-compose'], composeFlags, composeProgram);

/** Depot's builders take the command lines of buildx. */
export const depot = program(['depot'], globals, [build, bake]);

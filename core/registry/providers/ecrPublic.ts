import { distribution } from '../distribution.ts';
import { isEcrPublic } from '../ecr/hosts.ts';
import { RegistryError } from '../errors.ts';
import type { Provider } from './provider.ts';

/** Amazon ECR Public: read by anyone over the distribution API. It lists no repositories, and its images are deleted elsewhere. */
export const ecrPublic: Provider = {
  id: 'ecrPublic',
  title: 'Amazon ECR Public',
  matches: isEcrPublic,
  connect(host, options) {
    const plain = distribution(host, options);
    const unsupported = (subject: string) => new RegistryError('UNSUPPORTED', plain.host, { subject });
    return {
      ...plain,
      abilities: { ...plain.abilities, repositories: false, untag: false, remove: false },
      // biome-ignore lint/correctness/useYield: it lists none
      async *repositories() {
        throw unsupported('the catalog');
      },
      untag: async repository => {
        throw unsupported(repository);
      },
      remove: async repository => {
        throw unsupported(repository);
      },
      webPage: repository => `https://gallery.ecr.aws/${repository}`,
    };
  },
};

import { describe, expect, test } from 'vitest';
import { lines, usagesOf } from './script.ts';

describe('kubectl', () => {
  test.each([
    ['kubectl set image deployment/web web=a/b:1 side=c/d:2', ['deploy a/b:1 to deployment/web', 'deploy c/d:2 to deployment/web']],
    ['kubectl -n prod set image deploy web "*=a/b:1"', ['deploy a/b:1 to deploy web prod']],
    ['kubectl $FLAGS set image deploy web web=a/b:1 --namespace=x', ['deploy a/b:1 to deploy web x']],
    ['kubectl set image --local -f x.yml web=a/b:1 -o yaml', ['deploy a/b:1 to']],
    ['kubectl set image deploy/web web=a/b:1 --dry-run=client', []],
    ['kubectl set env deployment/web A=b', []],
    ['kubectl argo rollouts set image web web=a/b:1', ['deploy a/b:1 to web']],
    ['oc set image dc/web web=a/b:1', ['deploy a/b:1 to dc/web']],
    ['kubectl rollout restart deployment/web -n prod', ['restart deployment/web prod']],
    ['kubectl rollout status deployment/web', []],
    ['kubectl create deployment web --image=a/b:1', ['deploy a/b:1 to web']],
    ['kubectl run web --image a/b:1 --port 80', ['deploy a/b:1 to web']],
    ['kubectl run tmp --rm -i --restart=Never --image=busybox -- sh', ['pull busybox']],
    ['kubectl debug pod/web --image=busybox', ['pull busybox']],
    [`kubectl patch deploy web -p '{"spec":{"containers":[{"name":"web","image":"a/b:1"}]}}'`, ['deploy a/b:1 to deploy web']],
    ['kubectl patch deploy web -p "{\\"image\\":\\"a/b:$TAG\\"}"', ['deploy a/b:$TAG to deploy web']],
    ['kubectl apply -f k8s/', []],
    [
      'kubectl apply -f - <<EOF\nspec:\n  containers:\n    - name: web\n      image: a/b:$TAG\n    - image: "c/d:1"\nEOF',
      ['deploy a/b:$TAG to', 'deploy c/d:1 to'],
    ],
    ['cat <<EOF | kubectl apply -n x -f -\nimage: a/b:$TAG\nEOF', ['deploy a/b:$TAG to x']],
    ['sed "s|image: .*|image: a/b:$TAG|" k8s/web.yml | kubectl apply -f -', ['deploy a/b:$TAG to']],
    ['helm template web ./chart --set image.tag=$TAG | kubectl apply -f -', ['deploy (the image):$TAG to web']],
  ])('%s', (script, expected) => {
    expect(lines(script)).toEqual(expected);
  });

  test('finds the images of a manifest in the repository', () => {
    expect(lines('kubectl apply -f k8s/web.yml', { 'k8s/web.yml': 'a:\n  - image: a/b:1\n' })).toEqual(['deploy a/b:1 to']);
  });

  test('the place is the reference itself, also in JSON and in a here-document', () => {
    const { of, at } = usagesOf(
      `kubectl set image deploy/web "web=a/b:$TAG"\nkubectl patch deploy web -p '{"image": "a/b:1"}'\nkubectl apply -f - <<EOF\n  image: a/b:$TAG\nEOF`,
    );
    expect(of('deploy').map(({ reference }) => at(reference.span))).toEqual(['a/b:$TAG', 'a/b:1', 'a/b:$TAG']);
  });
});

describe('helm', () => {
  test.each([
    ['--set image.repository=a/b,image.tag=1', ['deploy a/b:1 to web']],
    ['--set image.tag=$TAG -n prod', ['deploy (the image):$TAG to web prod']],
    ['--set-string "api.image.tag=1,web.image.tag=2"', ['deploy (the image):1 to web', 'deploy (the image):2 to web']],
    ['--set image.registry=a.io --set image.repository=b --set image.digest=sha256:aa', ['deploy a.io/b@sha256:aa to web']],
    ['--set api.image=a/b:1,replicas=2', ['deploy a/b:1 to web']],
    ['--set image=a/b', ['deploy a/b:(the tag that is set elsewhere) to web']],
    ['--set image=$IMAGE', ['deploy $IMAGE to web']],
    ['--set imageTag=1 --set other="x\\,image.tag=2"', ['deploy (the image):1 to web']],
    ['--set image.pullPolicy=Always,imagePullSecrets[0].name=x', []],
    ['--set image.tag=1 --dry-run', []],
    ['-f values.yml', []],
  ])('upgrade --install web ./chart %s', (args, expected) => {
    expect(lines(`helm upgrade --install web ./chart ${args}`)).toEqual(expected);
  });

  test('pushes charts, not images, and logs in', () => {
    expect(lines('helm push web-1.tgz oci://a.io/charts\nhelm registry login a.io -u x --password-stdin')).toEqual(['login a.io by stdin']);
  });

  test('a tag’s place is the value behind its name', () => {
    const { of, at } = usagesOf('helm upgrade web c --set "image.repository=a/b,image.tag=$TAG"');
    expect(of('deploy').map(({ reference }) => at(reference.span))).toEqual(['$TAG']);
  });
});

describe('kustomize and Argo CD', () => {
  test.each([
    ['kustomize edit set image app=a/b:1', ['deploy a/b:1 to']],
    ['kustomize edit set image app=a/b@sha256:aa c/d:2', ['deploy a/b@sha256:aa to', 'deploy c/d:2 to']],
    ['kustomize edit set image app=*:1', ['deploy app:1 to']],
    ['kustomize edit set image app=a/b', ['deploy a/b:(the tag as it was) to']],
    ['cd k8s && kustomize edit set image "app=$IMAGE:$TAG"', ['deploy $IMAGE:$TAG to']],
    ['argocd app set web --kustomize-image app=a/b:1', ['deploy a/b:1 to web']],
    ['argocd app set web -p image.tag=1', ['deploy (the image):1 to web']],
    ['argocd app sync web', []],
    ['argocd app actions run web restart --kind Deployment', ['restart web']],
  ])('%s', (script, expected) => {
    expect(lines(script)).toEqual(expected);
  });
});

describe('edits of manifests', () => {
  test.each([
    ['sed -i "s|image: .*|image: a/b:$TAG|" k8s/web.yml', ['deploy a/b:$TAG to k8s/web.yml']],
    [
      'sed -i -e "s/newTag: .*/newTag: $TAG/g" overlays/prod/kustomization.yaml',
      ['deploy (the image):$TAG to overlays/prod/kustomization.yaml'],
    ],
    ["sed -i 's|image: a/b:.*|image: a/b:latest|' docker-compose.prod.yml", []],
    [
      "sed -i 's|image: a/b:.*|image: a/b:latest|' docker-compose.prod.yml\ngit commit -am x",
      ['deploy a/b:latest to docker-compose.prod.yml'],
    ],
    ['sed -i "s|IMAGE_PLACEHOLDER|a/b:$TAG|" deploy/web.yaml', ['deploy a/b:$TAG to deploy/web.yaml']],
    ['sed -i "s/__TAG__/$GITHUB_SHA/" k8s/web.yml', ['deploy (the image):${{ github.sha }} to k8s/web.yml']],
    ['sed -i "s|\\(image: a/b:\\).*|\\1$TAG|" k8s/web.yml', ['deploy (the image):$TAG to k8s/web.yml']],
    ['sed -i -E "s|(image: a/b):.*|\\1:$TAG|" k8s/web.yml', ['deploy (the image):$TAG to k8s/web.yml']],
    ['sed -i "s|a/b:.*|a/b:$TAG|;s|x|y|" k8s/web.yml', ['deploy a/b:$TAG to k8s/web.yml']],
    ['sed -i "s/version = .*/version = 1/" Cargo.toml', []],
    ['sed "s|image: .*|image: a/b:1|" k8s/web.yml', []],
    ['sed -i "s|image: .*|image: a/b:1|" README.md', []],
    [`yq -i '.image.tag = "1"' charts/web/values.yaml`, ['deploy (the image):1 to charts/web/values.yaml']],
    ['yq e -i ".image.repository = \\"a/b\\" | .image.tag = \\"$TAG\\"" values.yaml', ['deploy a/b:$TAG to values.yaml']],
    [`TAG=x yq -i '.web.image.tag = strenv(TAG)' values.yaml`, ['deploy (the image):x to values.yaml']],
    [`yq -i '(.spec.containers[] | select(.name == "web") | .image) = "a/b:1"' x.yml`, ['deploy a/b:1 to x.yml']],
    [`yq '.image.tag' values.yaml`, []],
    [`yq -i '.version = "1"' charts/web/Chart.yaml`, []],
    [`jq --arg IMAGE "a/b:$TAG" '.containerDefinitions[0].image = $IMAGE' td.json > new.json`, ['deploy a/b:$TAG to containerDefinitions']],
    [`jq -r '.image' x.json`, []],
    [
      "TAG=latest envsubst '$TAG $OTHER' < docker-compose.yml > out.yml\nscp out.yml host:",
      ['deploy (the image):latest to docker-compose.yml'],
    ],
    ['IMAGE=a/b:1 envsubst < k8s/web.yml', ['deploy a/b:1 to k8s/web.yml']],
    ['TAG=x envsubst < README.md', []],
    ['TAG=x envsubst < web.tmpl | kubectl apply -f -', ['deploy (the image):x to']],
  ])('%s', (script, expected) => {
    expect(lines(script)).toEqual(expected);
  });
});

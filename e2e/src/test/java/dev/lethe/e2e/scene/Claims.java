package dev.lethe.e2e.scene;

import static java.util.concurrent.TimeUnit.MINUTES;

import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeSpec;
import io.fabric8.kubernetes.api.model.PersistentVolumeSpecBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Map;

/**
 * What a request needs: claim {@code models} with the quickstart's model in {@code quickstart}; claim {@code requests} with
 * its rows in {@code 4711} and four of each file in {@code few}; and the empty claim {@code lethe-workspace}.
 */
final class Claims {
    private static final String HOSTNAME = "kubernetes.io/hostname";
    private static final Map<String, Quantity> SIZE = Map.of("storage", new Quantity("1Gi"));

    private Claims() {}

    static void make(Scene scene) {
        for (String name : new String[] {"models", "requests", "lethe-workspace"}) {
            scene.node().folder(scene.folder(name));
            bind(
                    scene,
                    name,
                    new PersistentVolumeSpecBuilder()
                            .withNewHostPath()
                            .withPath(scene.folder(name))
                            .endHostPath()
                            .build());
        }
        // Lines 19 to 22 are a completion and three questions, and the shortest.
        scene.node()
                .run(
                        """
                        cd %s && mkdir 4711 few && cp /e2e/quickstart/*.jsonl 4711
                        for rows in forget retain; do sed -n 19,22p 4711/$rows.jsonl > few/$rows.jsonl; done
                        cp -r /e2e/quickstart/model %s/quickstart
                        chown -R 65532:65532 . %2$s
                        """
                                .formatted(scene.folder("requests"), scene.folder("models")));
    }

    /**
     * Another team's claim of this name: the model in {@code quickstart}, the rows in {@code 4711}. Its files belong to a user
     * who is not the worker, and everybody may read them. Its volume is of a type that honours {@code fsGroup}, as block
     * storage is; a host path is not.
     */
    static void makeForeign(Scene scene, String name) {
        scene.node()
                .run(
                        """
                        mkdir -p %1$s && cp -rp %2$s/4711 %3$s/quickstart %1$s
                        chown -R 1000:1000 %1$s && chmod -R u=rwX,go=rX %1$s
                        """
                                .formatted(scene.folder(name), scene.folder("requests"), scene.folder("models")));
        var node = scene.client().nodes().list().getItems().getFirst().getMetadata();
        bind(
                scene,
                name,
                new PersistentVolumeSpecBuilder()
                        .withNewLocal()
                        .withPath(scene.folder(name))
                        .endLocal()
                        .withNewNodeAffinity()
                        .withNewRequired()
                        .addNewNodeSelectorTerm()
                        .addNewMatchExpression()
                        .withKey(HOSTNAME)
                        .withOperator("In")
                        .withValues(node.getLabels().get(HOSTNAME))
                        .endMatchExpression()
                        .endNodeSelectorTerm()
                        .endRequired()
                        .endNodeAffinity()
                        .build());
    }

    private static void bind(Scene scene, String name, PersistentVolumeSpec where) {
        var claim = scene.client()
                .resource(new PersistentVolumeClaimBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withNamespace(scene.namespace())
                        .endMetadata()
                        .withNewSpec()
                        .withStorageClassName("")
                        .withAccessModes("ReadWriteMany")
                        .withNewResources()
                        .withRequests(SIZE)
                        .endResources()
                        .endSpec()
                        .build())
                .create();
        // A volume that names its claim, its identity too, is bound as soon as it is there; any other one waits until
        // the
        // controller looks again, every 15 s.
        scene.client()
                .resource(new PersistentVolumeBuilder()
                        .withNewMetadata()
                        .withName(scene.namespace() + "-" + name)
                        .endMetadata()
                        .withNewSpecLike(where)
                        .withCapacity(SIZE)
                        .withAccessModes("ReadWriteOnce", "ReadWriteMany")
                        .withPersistentVolumeReclaimPolicy("Retain")
                        .withNewClaimRef()
                        .withNamespace(scene.namespace())
                        .withName(name)
                        .withUid(claim.getMetadata().getUid())
                        .endClaimRef()
                        .endSpec()
                        .build())
                .create();
        // A pod that comes before its claims are bound waits for them, and says that instead of what its scenario is
        // about.
        scene.client()
                .resource(claim)
                .waitUntilCondition(
                        it -> it != null
                                && it.getStatus() != null
                                && "Bound".equals(it.getStatus().getPhase()),
                        1,
                        MINUTES);
    }
}

package dev.lethe.e2e.scene;

import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Map;

/**
 * What a request needs: claim {@code models} with the quickstart's model in {@code quickstart}; claim {@code requests} with
 * its rows in {@code 4711} and four of each file in {@code few}; and the empty claim {@code lethe-workspace}.
 */
final class Claims {
    private static final Map<String, Quantity> SIZE = Map.of("storage", new Quantity("1Gi"));

    private Claims() {}

    static void make(Scene scene) {
        for (String name : new String[] {"models", "requests", "lethe-workspace"}) {
            scene.node().folder(scene.folder(name));
            bind(scene, name);
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

    private static void bind(Scene scene, String name) {
        var volume = scene.namespace() + "-" + name;
        scene.client()
                .resource(new PersistentVolumeBuilder()
                        .withNewMetadata()
                        .withName(volume)
                        .endMetadata()
                        .withNewSpec()
                        .withCapacity(SIZE)
                        .withAccessModes("ReadWriteOnce", "ReadWriteMany")
                        .withPersistentVolumeReclaimPolicy("Retain")
                        .withNewHostPath()
                        .withPath(scene.folder(name))
                        .endHostPath()
                        .endSpec()
                        .build())
                .create();
        scene.client()
                .resource(new PersistentVolumeClaimBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withNamespace(scene.namespace())
                        .endMetadata()
                        .withNewSpec()
                        .withStorageClassName("")
                        .withVolumeName(volume)
                        .withAccessModes("ReadWriteMany")
                        .withNewResources()
                        .withRequests(SIZE)
                        .endResources()
                        .endSpec()
                        .build())
                .create();
    }
}

package dev.lethe.operator.workload;

import dev.lethe.api.resource.Compute.ExtraVolume;
import dev.lethe.api.resource.Compute.Scratch;
import dev.lethe.api.resource.StageSpec;
import io.fabric8.kubernetes.api.model.DownwardAPIVolumeFile;
import io.fabric8.kubernetes.api.model.DownwardAPIVolumeFileBuilder;
import io.fabric8.kubernetes.api.model.EmptyDirVolumeSource;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;

/** What a worker finds where: its stage file, scratch space, a token for progress, the claims and what a user adds. */
record WorkerVolumes(List<Volume> volumes, List<VolumeMount> mounts) {
    static final String STAGE_FOLDER = "/etc/lethe";
    static final String STAGE_FILE = "stage.json";
    static final String AUTHORITY_FILE = "ca.crt";
    static final String SCRATCH_FOLDER = "/tmp";
    static final String TOKEN_FILE = "/var/run/lethe/token";

    /** The audience of tokens that the progress endpoint takes: of no use anywhere else. */
    static final String TOKEN_AUDIENCE = "lethe-progress";

    private static final String CLAIMS_FOLDER = "/claims";
    private static final long TOKEN_SECONDS = 3600;

    static WorkerVolumes of(StageSpec spec, WorkerSettings settings) {
        var volumes = new WorkerVolumes(new ArrayList<>(), new ArrayList<>());
        volumes.stageFile(settings.progressCa() != null);
        volumes.scratch();
        if (settings.progressUrl() != null) {
            volumes.token();
        }
        Map<String, String> claimed = volumes.claims(writableByClaim(spec));
        if (spec.compute() != null && spec.compute().volumes() != null) {
            spec.compute().volumes().forEach(it -> volumes.extra(it, claimed));
        }
        return volumes;
    }

    /** The claims that a stage's URIs name, and its workspace. Only what it writes to is writable. */
    static Map<String, Boolean> writableByClaim(StageSpec spec) {
        var read = new TreeSet<String>();
        spec.withUris(uri -> {
            read.add(claim(uri));
            return uri;
        });
        var claims = new TreeMap<String, Boolean>();
        read.forEach(it -> claims.put(it, false));
        claims.put(claim(spec.outputUri()), true);
        if (spec.workspace() != null) {
            claims.put(spec.workspace().persistentVolumeClaim(), true);
        }
        return claims;
    }

    /** The planner has refused any other URI. */
    private static String claim(String uri) {
        return uri.substring("pvc://".length()).split("/", 2)[0];
    }

    private void stageFile(boolean authority) {
        var files = new ArrayList<>(List.of(annotation(STAGE_FILE, Annotations.STAGE_FILE)));
        if (authority) {
            files.add(annotation(AUTHORITY_FILE, Annotations.PROGRESS_CA));
        }
        add(
                new VolumeBuilder()
                        .withName("stage-file")
                        .withNewDownwardAPI()
                        .withItems(files)
                        .endDownwardAPI(),
                STAGE_FOLDER,
                true);
    }

    private static DownwardAPIVolumeFile annotation(String file, String key) {
        return new DownwardAPIVolumeFileBuilder()
                .withPath(file)
                .withNewFieldRef()
                .withFieldPath("metadata.annotations['%s']".formatted(key))
                .endFieldRef()
                .build();
    }

    private void scratch() {
        add(new VolumeBuilder().withName("scratch").withEmptyDir(new EmptyDirVolumeSource()), SCRATCH_FOLDER, false);
    }

    private void token() {
        add(
                new VolumeBuilder()
                        .withName("progress-token")
                        .withNewProjected()
                        .addNewSource()
                        .withNewServiceAccountToken()
                        .withAudience(TOKEN_AUDIENCE)
                        .withExpirationSeconds(TOKEN_SECONDS)
                        .withPath("token")
                        .endServiceAccountToken()
                        .endSource()
                        .endProjected(),
                TOKEN_FILE.substring(0, TOKEN_FILE.lastIndexOf('/')),
                true);
    }

    /** Returns the volume of each claim; a claim's own name is too long for one. */
    private Map<String, String> claims(Map<String, Boolean> writable) {
        var names = new TreeMap<String, String>();
        writable.forEach((claim, write) -> {
            names.put(claim, "claim-" + names.size());
            add(claimed(names.get(claim), claim), CLAIMS_FOLDER + "/" + claim, !write);
        });
        return names;
    }

    private void extra(ExtraVolume extra, Map<String, String> claimed) {
        var name = "extra-" + extra.name();
        var readOnly = Boolean.TRUE.equals(extra.readOnly()) || extra.configMap() != null;
        if (extra.persistentVolumeClaim() != null) {
            var present = claimed.get(extra.persistentVolumeClaim());
            if (present != null) {
                mount(present, extra.mountPath(), readOnly);
            } else {
                claimed.put(extra.persistentVolumeClaim(), name);
                add(claimed(name, extra.persistentVolumeClaim()), extra.mountPath(), readOnly);
            }
        } else if (extra.configMap() != null) {
            var volume = new VolumeBuilder().withName(name).withNewConfigMap().withName(extra.configMap());
            add(volume.endConfigMap(), extra.mountPath(), readOnly);
        } else {
            var scratch = Objects.requireNonNullElse(extra.emptyDir(), new Scratch(null, null));
            var size = scratch.sizeLimit() == null ? null : Quantity.parse(scratch.sizeLimit());
            var volume = new VolumeBuilder().withName(name);
            add(volume.withEmptyDir(new EmptyDirVolumeSource(scratch.medium(), size)), extra.mountPath(), readOnly);
        }
    }

    private static VolumeBuilder claimed(String name, String claim) {
        return new VolumeBuilder()
                .withName(name)
                .withNewPersistentVolumeClaim()
                .withClaimName(claim)
                .endPersistentVolumeClaim();
    }

    private void add(VolumeBuilder volume, String path, boolean readOnly) {
        volumes.add(volume.build());
        mount(volume.getName(), path, readOnly);
    }

    private void mount(String volume, String path, boolean readOnly) {
        mounts.add(new VolumeMountBuilder()
                .withName(volume)
                .withMountPath(path)
                .withReadOnly(readOnly)
                .build());
    }
}

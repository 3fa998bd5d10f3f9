package dev.lethe.operator.workload;

import dev.lethe.api.resource.Compute.ExtraVolume;
import dev.lethe.api.resource.Compute.Scratch;
import dev.lethe.api.resource.Location;
import dev.lethe.api.resource.StageSpec;
import dev.lethe.api.stage.ProgressPost;
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
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The volumes of a worker's pod: its stage file, scratch space, a token for progress, the claims and a user's own. */
record WorkerVolumes(List<Volume> volumes, List<VolumeMount> mounts) {
    static final String STAGE_FOLDER = "/etc/lethe";
    static final String STAGE_FILE = "stage.json";
    static final String AUTHORITY_FILE = "ca.crt";
    static final String SCRATCH_FOLDER = "/tmp";
    static final String TOKEN_FILE = "/var/run/lethe/token";

    private static final String CLAIMS_FOLDER = "/claims";
    private static final long TOKEN_SECONDS = 3600;

    /** @param scratchLimit the most that the scratch space may hold; as much as there is where null */
    static WorkerVolumes of(StageSpec spec, @Nullable Quantity scratchLimit, WorkerSettings settings) {
        var volumes = new WorkerVolumes(new ArrayList<>(), new ArrayList<>());
        volumes.stageFile(settings.progressCa() != null);
        volumes.scratch(scratchLimit);
        if (settings.progressUrl() != null) {
            volumes.token();
        }
        var extras =
                spec.execution().compute() == null || spec.execution().compute().volumes() == null
                        ? List.<ExtraVolume>of()
                        : spec.execution().compute().volumes();
        var written = claimsWritten(spec);
        // A claim is one volume: it must be writable where one of its mounts is.
        var writable = new TreeSet<>(written);
        extras.stream()
                .filter(it -> it.persistentVolumeClaim() != null && !readOnly(it))
                .forEach(it -> writable.add(it.persistentVolumeClaim()));
        Map<String, String> claimed = volumes.claims(claimsNamed(spec), written, writable);
        extras.forEach(it -> volumes.extra(it, claimed, writable));
        return volumes;
    }

    /** The claims that a stage's URIs name, and those that it writes to. */
    private static Set<String> claimsNamed(StageSpec spec) {
        var named = claimsWritten(spec);
        spec.withUris(uri -> {
            named.add(claim(uri));
            return uri;
        });
        return named;
    }

    /** The claims that a stage writes to: that of its output, its workspace, and a destination that it checks. */
    private static Set<String> claimsWritten(StageSpec spec) {
        var written = new TreeSet<String>();
        spec.writes().forEach(uri -> written.add(claim(uri)));
        if (spec.execution().workspace() != null) {
            written.add(spec.execution().workspace().persistentVolumeClaim());
        }
        return written;
    }

    /** Any other URI was refused by the planner. */
    private static String claim(String uri) {
        if (Location.of(uri) instanceof Location.Claim claim) {
            return claim.claim();
        }
        throw new IllegalArgumentException("no pvc: URI: " + uri);
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

    private void scratch(@Nullable Quantity limit) {
        var volume = new VolumeBuilder().withName("scratch");
        add(volume.withEmptyDir(new EmptyDirVolumeSource(null, limit)), SCRATCH_FOLDER, false);
    }

    private void token() {
        add(
                new VolumeBuilder()
                        .withName("progress-token")
                        .withNewProjected()
                        .addNewSource()
                        .withNewServiceAccountToken()
                        .withAudience(ProgressPost.AUDIENCE)
                        .withExpirationSeconds(TOKEN_SECONDS)
                        .withPath("token")
                        .endServiceAccountToken()
                        .endSource()
                        .endProjected(),
                TOKEN_FILE.substring(0, TOKEN_FILE.lastIndexOf('/')),
                true);
    }

    /** Adds the claims and returns the name of the volume of each: a claim's own name may be too long for a volume. */
    private Map<String, String> claims(Set<String> claims, Set<String> written, Set<String> writable) {
        var names = new TreeMap<String, String>();
        claims.forEach(claim -> {
            names.put(claim, "claim-" + names.size());
            add(
                    claimed(names.get(claim), claim, writable.contains(claim)),
                    CLAIMS_FOLDER + "/" + claim,
                    !written.contains(claim));
        });
        return names;
    }

    private static boolean readOnly(ExtraVolume extra) {
        return Boolean.TRUE.equals(extra.readOnly()) || extra.configMap() != null;
    }

    private void extra(ExtraVolume extra, Map<String, String> claimed, Set<String> writable) {
        var name = "extra-" + extra.name();
        var readOnly = readOnly(extra);
        if (extra.persistentVolumeClaim() != null) {
            var present = claimed.get(extra.persistentVolumeClaim());
            if (present != null) {
                mount(present, extra.mountPath(), readOnly);
            } else {
                var claim = extra.persistentVolumeClaim();
                claimed.put(claim, name);
                add(claimed(name, claim, writable.contains(claim)), extra.mountPath(), readOnly);
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

    /**
     * A claim that nothing in the pod writes to is read-only as a volume, not only where it is mounted: otherwise the kubelet
     * changes group and mode of every file in it ({@code fsGroup}).
     */
    private static VolumeBuilder claimed(String name, String claim, boolean writable) {
        return new VolumeBuilder()
                .withName(name)
                .withNewPersistentVolumeClaim()
                .withClaimName(claim)
                .withReadOnly(!writable)
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

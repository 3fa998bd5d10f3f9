package dev.lethe.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lethe.api.stage.ExitCode;
import dev.lethe.cli.ChildProcess;
import dev.lethe.cli.TinyJob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Disks that are full or may not be written: real ones in memory, in a namespace of mounts, where the system lets us have one. */
class DiskTest {
    /** Takes the size of the first disk and then the command, whose work directory is a disk of its own. */
    private static final String GROWING_DISK =
            """
            disk=$1; shift
            mount -t tmpfs -o size=1g tmpfs "$disk" || exit 99
            JAVA_TOOL_OPTIONS=-Dlethe.test.haltAt=train-over:stage-created:1 "$@"
            for size in 64k 88k 112k 136k 160k 1g; do
              mount -o remount,size=$size "$disk" || exit 99
              "$@"
              echo "size $size: exit $?"
            done
            """;

    private static final String READ_ONLY =
            """
            disk=$1; shift
            mount -t tmpfs -o ro tmpfs "$disk" || exit 99
            "$@"
            """;

    @TempDir
    Path folder;

    @Test
    void aRunGoesOnWhenAFullDiskHasRoomAgain() throws Exception {
        assertThat(run(GROWING_DISK)).as(log()).isZero();
        assertThat(log().lines().filter(line -> line.startsWith("size ")))
                .containsExactly(
                        "size 64k: exit 75",
                        "size 88k: exit 75",
                        "size 112k: exit 75",
                        "size 136k: exit 75",
                        "size 160k: exit 75",
                        "size 1g: exit 0");
        assertThat(log().lines().filter(line -> line.startsWith("lethe: ")))
                .hasSizeGreaterThanOrEqualTo(5)
                .allMatch(line -> line.endsWith(": cannot be written: No space left on device"));
        assertThat(log()).doesNotContain("Exception");
        assertThat(folder.resolve("job/published/model.safetensors")).exists();
    }

    @Test
    void aWorkDirectoryThatMayNotBeWrittenIsNamed() throws Exception {
        assertThat(run(READ_ONLY)).isEqualTo(ExitCode.INVALID_INPUT.code());
        assertThat(log()).isEqualTo("lethe: %s/job/work: cannot be written: Read-only file system\n".formatted(folder));
    }

    private int run(String script) throws Exception {
        var job = TinyJob.in(Files.createDirectory(folder.resolve("job")))
                .with("spec:\n", "spec:\n  retry: {maxAttempts: 1}\n");
        Files.createDirectory(job.workdir());
        var unshare = List.of("unshare", "--map-root-user", "--mount", "bash", "-c");
        assumeTrue(allowed(unshare), "no namespace of mounts");
        var command = new ArrayList<>(unshare);
        command.addAll(List.of(script, "bash", job.workdir().toString()));
        command.addAll(ChildProcess.command(job));
        return ChildProcess.await(ChildProcess.start(command, folder.resolve("log")));
    }

    private String log() throws IOException {
        return Files.readString(folder.resolve("log"));
    }

    private boolean allowed(List<String> unshare) throws Exception {
        var command = new ArrayList<>(unshare);
        command.add("mount -t tmpfs tmpfs " + folder);
        return ChildProcess.await(ChildProcess.start(command, folder.resolve("allowed"))) == 0;
    }
}

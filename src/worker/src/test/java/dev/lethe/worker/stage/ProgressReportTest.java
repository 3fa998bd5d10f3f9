package dev.lethe.worker.stage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.api.document.Documents;
import dev.lethe.api.stage.StageFile;
import dev.lethe.api.status.Progress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.io.TempDir;

class ProgressReportTest {
    @TempDir
    Path folder;

    @RepeatedTest(20)
    void severalThreadsMayReportAtOnce() throws Exception {
        Path file = Files.writeString(
                folder.resolve("stage.json"),
                """
                {"apiVersion": "stage.lethe.dev/v1alpha1", "kind": "ModelMerge", "name": "merge", "attempt": "merge-1",
                 "spec": {"inputs": [{"name": "over", "uri": "file:/over"}], "output": {"uri": "file:%s/merged"}}}
                """
                        .formatted(folder));
        StageFile stage = Documents.read(file, StageFile.class);
        Path work = Files.createDirectories(StageOutput.of(stage).work());
        CyclicBarrier together = new CyclicBarrier(8);
        List<Callable<Void>> reports = new ArrayList<>();
        try (ProgressReport report = ProgressReport.of(stage, Map.of());
                var threads = Executors.newFixedThreadPool(8)) {
            for (int step = 1; step <= 8; step++) {
                Progress progress = new Progress(step, 8, "bytes", null, null, null, null, null, null);
                reports.add(() -> {
                    together.await();
                    report.accept(progress);
                    return null;
                });
            }
            for (Future<Void> reported : threads.invokeAll(reports)) {
                reported.get();
            }
        }
        assertThat(work).isDirectoryContaining("glob:**/progress.json").isDirectoryNotContaining("glob:**/*.new");
    }
}

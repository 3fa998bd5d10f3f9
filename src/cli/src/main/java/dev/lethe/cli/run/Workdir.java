package dev.lethe.cli.run;

import java.nio.file.Path;

/**
 * The places in a work directory.
 *
 * <pre>
 * job.json                          the job, with its status
 * sources.json                      what is read from elsewhere: names of one content for ever, and where it lies
 * stages/STAGE/resource.json        a stage, with its status
 * stages/STAGE/attempts/NAME.json   what is known of an attempt
 * stages/STAGE/output/              what the stage made, with its result.json
 * events.jsonl                      what happened when
 * result.json                       the evidence in one document
 * report.html                       the same for people
 * lock                              held by the run at work
 * </pre>
 *
 * @param root absolute
 */
public record Workdir(Path root) {
    public static Workdir of(Path folder) {
        return new Workdir(folder.toAbsolutePath().normalize());
    }

    public Path job() {
        return root.resolve("job.json");
    }

    Path sources() {
        return root.resolve("sources.json");
    }

    public Path stages() {
        return root.resolve("stages");
    }

    public Path stage(String stage) {
        return stages().resolve(stage);
    }

    public Path resource(String stage) {
        return stage(stage).resolve("resource.json");
    }

    public Path attempts(String stage) {
        return stage(stage).resolve("attempts");
    }

    public Path output(String stage) {
        return stage(stage).resolve("output");
    }

    public Path events() {
        return root.resolve("events.jsonl");
    }

    public Path result() {
        return root.resolve("result.json");
    }

    public Path report() {
        return root.resolve("report.html");
    }

    Path lock() {
        return root.resolve("lock");
    }
}

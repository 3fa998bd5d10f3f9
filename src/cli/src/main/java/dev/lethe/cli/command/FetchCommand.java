package dev.lethe.cli.command;

import dev.lethe.api.resource.InvalidLocation;
import dev.lethe.api.resource.Location;
import dev.lethe.api.stage.ExitCode;
import dev.lethe.cli.progress.ProgressView;
import dev.lethe.cli.run.FetchedSources;
import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.file.FileTree;
import dev.lethe.sources.Fetch;
import dev.lethe.sources.Snapshot;
import dev.lethe.sources.Store;
import dev.lethe.sources.Stores;
import dev.lethe.sources.Transfer;
import dev.lethe.worker.Failure;
import dev.lethe.worker.StopSignal;
import dev.lethe.worker.Stopped;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A model, an adapter or rows from where they are. */
@Command(
        name = "fetch",
        description = {
            "Bring a model, an adapter or a file of rows from a hub, an object store or a registry to this machine, and say the name"
                    + " that stands for just this content.",
            "Weights are taken as safetensors, with configuration, tokenizer, licence and card; pickles and code never are.",
            "Stop it at any time: the same command continues."
        })
public final class FetchCommand implements Callable<Integer> {
    @Parameters(
            index = "0",
            paramLabel = "URI",
            description = "hf://OWNER/NAME[@REVISION], hf://datasets/OWNER/NAME[@REVISION]/FILE, s3://BUCKET/KEY,"
                    + " oci://REGISTRY/REPOSITORY:TAG or @sha256:HEX")
    private String uri;

    @Parameters(
            index = "1",
            paramLabel = "TARGET",
            description = "the folder to make, or the file where one file is named; it must not exist")
    private Path target;

    @Mixin
    private PlainOption plain;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() {
        FileTree.requireAbsent(target);
        Location.Remote place = place(uri);
        StopSignal stop = StopSignal.ofProcess();
        try (ProgressView view = plain.view();
                Stores stores = new Stores(System.getenv(), Transfer.DEFAULT)) {
            Store store = stores.of(place);
            Snapshot snapshot = store.resolve(place);
            FetchedSources.shown(snapshot.title(), view, stop, progress -> {
                Fetch.into(target, snapshot, store, Transfer.DEFAULT, progress);
                return target;
            });
            System.out.println(snapshot.place().uri());
            return ExitCode.DONE.code();
        } catch (Stopped stopped) {
            command.commandLine().getErr().println("lethe: stopped; the same command continues");
            return Failure.INTERRUPTED;
        } finally {
            stop.settled();
        }
    }

    private static Location.Remote place(String uri) {
        try {
            if (Location.of(uri) instanceof Location.Remote remote) {
                return remote;
            }
        } catch (InvalidLocation e) {
            throw InvalidInput.at("fetch", "URI", e.found(), e.expected());
        }
        throw InvalidInput.at("fetch", "URI", uri, "a place that is reached over a network: hf://, s3:// or oci://");
    }
}

package dev.lethe.cli.run;

import dev.lethe.api.document.Documents;
import dev.lethe.api.resource.Location;
import dev.lethe.api.resource.Resource;
import dev.lethe.cli.progress.ProgressText;
import dev.lethe.cli.progress.ProgressView;
import dev.lethe.merge.engine.ProgressListener;
import dev.lethe.merge.file.AtomicFile;
import dev.lethe.planner.stage.Mounts;
import dev.lethe.sources.Snapshot;
import dev.lethe.sources.SourceCache;
import dev.lethe.sources.Store;
import dev.lethe.sources.Stores;
import dev.lethe.sources.Transfer;
import dev.lethe.worker.Failure;
import dev.lethe.worker.FileUris;
import dev.lethe.worker.StopSignal;
import dev.lethe.worker.stage.ProgressEstimator;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * What a job or a stage reads from elsewhere. Each name is resolved once, to one of one content for ever, and what it names is
 * fetched before anything reads it.
 *
 * @param places by the URI as the manifest has it
 */
public record FetchedSources(Map<String, Place> places) {
    /** Of a job that has not begun. */
    public static final FetchedSources NONE = new FetchedSources(Map.of());

    /**
     * Where something lies.
     *
     * @param uri that names its content for ever
     * @param path on this machine
     */
    public record Place(String uri, String path) {}

    /** Those of the run in a work directory; none where it has not begun. */
    public static FetchedSources of(Workdir workdir) {
        return Files.exists(workdir.sources()) ? Documents.read(workdir.sources(), FetchedSources.class) : NONE;
    }

    void save(Workdir workdir) {
        AtomicFile.write(workdir.sources(), Documents.json(this));
    }

    /**
     * Fetches all that a resource reads from elsewhere and that is not here already. What was resolved before stays what it was.
     *
     * @param environment which says where the cache is, and who asks
     */
    public FetchedSources fetch(
            Resource<?, ?> resource, Map<String, String> environment, ProgressView view, StopSignal stop) {
        Map<String, Place> fetched = new TreeMap<>();
        SourceCache cache = SourceCache.of(environment);
        try (Stores stores = new Stores(environment, Transfer.DEFAULT)) {
            for (String uri : remote(resource)) {
                Place before = places.get(uri);
                Location.Remote place = (Location.Remote) Location.of(before == null ? uri : before.uri());
                fetched.put(
                        uri,
                        before != null && Files.exists(Path.of(before.path()))
                                ? before
                                : cache.known(place)
                                        .map(path -> new Place(place.uri(), path.toString()))
                                        .orElseGet(() -> fetch(place, stores.of(place), cache, view, stop)));
            }
        }
        return new FetchedSources(fetched);
    }

    private static Set<String> remote(Resource<?, ?> resource) {
        Set<String> remote = new LinkedHashSet<>();
        FileUris.changed(resource, uri -> {
            if (Location.of(uri) instanceof Location.Remote) {
                remote.add(uri);
            }
            return uri;
        });
        return remote;
    }

    private static Place fetch(
            Location.Remote place, Store store, SourceCache cache, ProgressView view, StopSignal stop) {
        Snapshot snapshot = store.resolve(place);
        Path path = shown(
                "fetch " + snapshot.title(),
                view,
                stop,
                progress -> cache.fetch(snapshot, store, Transfer.DEFAULT, progress));
        return new Place(snapshot.place().uri(), path.toString());
    }

    /** A fetch, whose progress is shown. */
    public static Path shown(String title, ProgressView view, StopSignal stop, Function<ProgressListener, Path> fetch) {
        Instant began = Instant.now();
        ProgressEstimator estimator = new ProgressEstimator("bytes");
        view.started(title);
        try {
            Path path = fetch.apply((done, total) -> {
                stop.check();
                var progress = estimator.throttled(done, total);
                if (progress != null) {
                    view.progressed(title, progress);
                }
            });
            view.ended(title, "done in " + ProgressText.clock(Duration.between(began, Instant.now())));
            return path;
        } catch (RuntimeException e) {
            view.ended(title, Failure.of(e).message());
            throw e;
        }
    }

    /** The resource under names of one content for ever. */
    public Resource<?, ?> pinned(Resource<?, ?> resource) {
        return FileUris.changed(
                resource, uri -> places.containsKey(uri) ? places.get(uri).uri() : uri);
    }

    /** The resource as a worker on this machine reads it. */
    public Resource<?, ?> local(Resource<?, ?> resource) {
        return FileUris.changed(pinned(resource), mounts()::path);
    }

    /** From a name of one content for ever to where it lies; files with absolute paths lie where they say. */
    public Mounts mounts() {
        Map<String, Path> paths = new TreeMap<>();
        places.values().forEach(place -> paths.put(place.uri(), Path.of(place.path())));
        return Mounts.local(Path.of("/"), paths);
    }
}

package dev.lethe.sources;

import dev.lethe.api.resource.Location;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A place that has files: it says what a name stands for now, and opens ranges of what it has. For any number of threads.
 *
 * <p>Who is not let in, or asks for what is not there, gets {@link dev.lethe.merge.RefusedInput} or
 * {@link dev.lethe.merge.InvalidInput}; what may pass is {@link SourceUnavailable}, or an {@link IOException} of a range, which
 * is asked for again.
 */
public interface Store extends AutoCloseable {
    /** What a name stands for now. A name of one content for ever gives the same snapshot each time. */
    Snapshot resolve(Location.Remote place);

    /**
     * Opens a range of a file. The stream may end before the range does, as a connection may.
     *
     * @param from the first byte
     * @param count how many, at least 1
     */
    InputStream open(Snapshot snapshot, RemoteFile file, long from, long count) throws IOException;

    /** Where a snapshot lies on this machine already, whole, without being fetched. */
    default Optional<Path> onThisMachine(Snapshot snapshot) {
        return Optional.empty();
    }

    @Override
    void close();
}

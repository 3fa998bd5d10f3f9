package dev.lethe.sources;

import dev.lethe.api.resource.Location;
import java.util.Map;
import java.util.TreeMap;

/** The stores that places are in, each opened when it is first needed, as the environment says. */
public final class Stores implements AutoCloseable {
    private final Map<String, String> environment;
    private final Transfer transfer;
    private final Map<String, Store> open = new TreeMap<>();

    public Stores(Map<String, String> environment, Transfer transfer) {
        this.environment = environment;
        this.transfer = transfer;
    }

    /** The store that has a place. */
    public Store of(Location.Remote place) {
        return switch (place) {
            case Location.HubModel _, Location.HubDataset _ ->
                open.computeIfAbsent("hf", scheme -> HuggingFace.of(environment, transfer));
            case Location.S3 _ -> open.computeIfAbsent("s3", scheme -> S3.of(environment, transfer));
            case Location.Oci _ -> open.computeIfAbsent("oci", scheme -> OciRegistries.of(environment, transfer));
        };
    }

    @Override
    public void close() {
        open.values().forEach(Store::close);
    }
}

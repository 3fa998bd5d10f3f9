package dev.lethe.api.resource;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The place that a URI names. The catalogue has the schemes; each is a type here. */
public sealed interface Location {
    /**
     * A path in a PersistentVolumeClaim: {@code pvc://CLAIM/PATH}.
     *
     * @param path as it was written, without the slash after the claim
     */
    record Claim(String claim, String path) implements Location {
        private static final String SCHEME = "pvc://";

        @Override
        public String uri() {
            return SCHEME + claim + "/" + path;
        }

        @Override
        public Claim normalized() {
            return new Claim(claim, String.join("/", steps()));
        }

        /** Whether the path leads out of its claim. */
        public boolean climbs() {
            return steps().contains("..");
        }

        private List<String> steps() {
            return Location.steps(path);
        }
    }

    /**
     * A path on this machine: {@code file:PATH}.
     *
     * @param path absolute, or relative to the manifest's folder
     */
    record File(String path) implements Location {
        private static final String SCHEME = "file:";

        @Override
        public String uri() {
            return SCHEME + path;
        }

        @Override
        public File normalized() {
            return new File((path.startsWith("/") ? "/" : "") + String.join("/", Location.steps(path)));
        }
    }

    /** The place as a spec names it. */
    String uri();

    /** The same place in the one spelling that all others stand for: without {@code .}, and with single slashes. */
    Location normalized();

    /** The place that a URI names; empty for a scheme that there is none of, or a claim without a path. */
    static Optional<Location> of(String uri) {
        if (uri.startsWith(File.SCHEME)) {
            return Optional.of(new File(uri.substring(File.SCHEME.length()).replaceFirst("^/+", "/")));
        }
        String[] parts = uri.startsWith(Claim.SCHEME)
                ? uri.substring(Claim.SCHEME.length()).split("/", 2)
                : new String[0];
        return parts.length == 2 ? Optional.of(new Claim(parts[0], parts[1])) : Optional.empty();
    }

    private static List<String> steps(String path) {
        return Arrays.stream(path.split("/"))
                .filter(step -> !step.isEmpty() && !step.equals("."))
                .collect(Collectors.toList());
    }
}

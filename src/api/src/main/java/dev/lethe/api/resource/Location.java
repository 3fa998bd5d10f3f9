package dev.lethe.api.resource;

import dev.lethe.catalog.Catalog;
import dev.lethe.catalog.Named;
import dev.lethe.catalog.SourceDescriptor;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The place that a URI names. The catalogue has the kinds of places and their syntax; each is a type here. */
public sealed interface Location {
    /** {@code ..} between slashes: a path that has it may lead anywhere. */
    Pattern CLIMBING = Pattern.compile("(^|/)[.][.](/|$)");

    /** Who speaks to the server stands before its name: a password, or a token. */
    Pattern USER = Pattern.compile("^([A-Za-z0-9+.-]+://)[^/?#]*@");

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
            return new Claim(claim, steps(path));
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
            return new File((path.startsWith("/") ? "/" : "") + steps(path));
        }
    }

    /** A place that is reached over a network, from which files are fetched before anything reads them. */
    sealed interface Remote extends Location {
        /** Whether the URI names one content for ever, not what is there today. */
        boolean immutable();

        /** What a person calls it: the last part of its name. */
        String title();

        @Override
        default Remote normalized() {
            return this;
        }
    }

    /**
     * A model on a hub that speaks Hugging Face's protocol: {@code hf://OWNER/NAME@REVISION}.
     *
     * @param revision a branch, a tag or a commit; the default branch when absent
     */
    record HubModel(String owner, String name, @Nullable String revision) implements Remote {
        private static final String SCHEME = "hf://";

        @Override
        public String uri() {
            return SCHEME + owner + "/" + name + at(revision);
        }

        @Override
        public boolean immutable() {
            return isCommit(revision);
        }

        @Override
        public String title() {
            return name;
        }
    }

    /**
     * A file of a dataset on such a hub: {@code hf://datasets/OWNER/NAME@REVISION/FILE}.
     *
     * @param revision a branch, a tag or a commit; the default branch when absent
     * @param file its path in the dataset
     */
    record HubDataset(String owner, String name, @Nullable String revision, String file) implements Remote {
        private static final String SCHEME = HubModel.SCHEME + "datasets/";

        @Override
        public String uri() {
            return SCHEME + owner + "/" + name + at(revision) + "/" + file;
        }

        @Override
        public boolean immutable() {
            return isCommit(revision);
        }

        @Override
        public String title() {
            return lastStep(file);
        }
    }

    /**
     * An object in a store that speaks S3's protocol, or all objects in a folder of it: {@code s3://BUCKET/KEY}.
     *
     * @param key of the object, or what the keys of a folder's objects begin with before a slash
     * @param version {@code versionId=ID} of one object, or {@code etags=HEX}: the listing that the folder must have, as its
     *     digest tells; what is there now when absent
     */
    record S3(String bucket, String key, @Nullable String version) implements Remote {
        private static final String SCHEME = "s3://";

        @Override
        public String uri() {
            return SCHEME + bucket + "/" + key + (version == null ? "" : "?" + version);
        }

        @Override
        public boolean immutable() {
            return version != null;
        }

        @Override
        public String title() {
            return lastStep(key);
        }

        @Override
        public S3 normalized() {
            return new S3(bucket, key.replaceFirst("/+$", ""), version);
        }
    }

    /**
     * An artifact in an OCI registry: {@code oci://REGISTRY/REPOSITORY:TAG} or {@code oci://REGISTRY/REPOSITORY@sha256:HEX}.
     *
     * @param registry its host, and port where it has one
     * @param digest of the manifest; it says all, whatever the tag
     */
    record Oci(String registry, String repository, @Nullable String tag, @Nullable String digest) implements Remote {
        private static final String SCHEME = "oci://";

        @Override
        public String uri() {
            return SCHEME + registry + "/" + repository + (tag == null ? "" : ":" + tag) + at(digest);
        }

        @Override
        public boolean immutable() {
            return digest != null;
        }

        @Override
        public String title() {
            return lastStep(repository);
        }
    }

    /** The place as a spec names it. */
    String uri();

    /** The same place in the one spelling that all others stand for: without {@code .}, and with single slashes. */
    Location normalized();

    /**
     * The place that a URI names.
     *
     * @throws InvalidLocation for a scheme that there is none of, another syntax than its scheme's, credentials, or a path that
     *     leads out of where it begins; a path on this machine may
     */
    static Location of(String uri) {
        if (USER.matcher(uri).find()) {
            throw new InvalidLocation(
                    uri, "no user, password or token in a URI: they come from the environment, or from a Secret");
        }
        Location parsed = parse(uri);
        if (!(parsed instanceof File) && CLIMBING.matcher(uri).find()) {
            throw new InvalidLocation(uri, "a path without '..'");
        }
        return parsed;
    }

    /** The text of a URI without what nobody else may read: credentials, and what a signed link has after its question mark. */
    static String shown(String uri) {
        return USER.matcher(uri)
                .replaceFirst("$1***@")
                .replaceFirst("^([A-Za-z][A-Za-z0-9+.-]*://[^?]*)[?](?!(versionId|etags)=).*", "$1?***");
    }

    private static Location parse(String uri) {
        if (uri.startsWith(File.SCHEME)) {
            return new File(rest(uri, "file", File.SCHEME).replaceFirst("^/+", "/"));
        } else if (uri.startsWith(Claim.SCHEME)) {
            String[] parts = rest(uri, "pvc", Claim.SCHEME).split("/", 2);
            return new Claim(parts[0], parts[1]);
        } else if (uri.startsWith(HubDataset.SCHEME)) {
            return dataset(rest(uri, "hf-datasets", HubDataset.SCHEME));
        } else if (uri.startsWith(HubModel.SCHEME)) {
            String[] parts = rest(uri, "hf", HubModel.SCHEME).split("[/@]", 3);
            return new HubModel(parts[0], parts[1], parts.length > 2 ? parts[2] : null);
        } else if (uri.startsWith(S3.SCHEME)) {
            String[] parts = rest(uri, "s3", S3.SCHEME).split("[?]", 2);
            String[] path = parts[0].split("/", 2);
            S3 object = new S3(path[0], path[1], parts.length > 1 ? parts[1] : null);
            if (object.title().isEmpty()) {
                throw new InvalidLocation(uri, "s3://BUCKET/KEY");
            }
            return object;
        } else if (uri.startsWith(Oci.SCHEME)) {
            return artifact(rest(uri, "oci", Oci.SCHEME));
        }
        String scheme = uri.replaceFirst(":.*", "");
        throw new InvalidLocation(
                uri,
                "one of "
                        + Catalog.SOURCES.all().stream()
                                .map(SourceDescriptor::form)
                                .collect(Collectors.joining(", "))
                        + (uri.contains(":")
                                ? Named.nearest(scheme, List.of("file", "pvc", "hf", "s3", "oci"))
                                        .map(it -> "; did you mean " + it + ":?")
                                        .orElse("")
                                : ""));
    }

    /** What follows a scheme, once the whole is known to be of the syntax that the catalogue has for such a place. */
    private static String rest(String uri, String source, String scheme) {
        SourceDescriptor descriptor = Catalog.SOURCES.find(source).orElseThrow();
        if (!Pattern.matches(descriptor.syntax(), uri)) {
            throw new InvalidLocation(uri, descriptor.form());
        }
        return uri.substring(scheme.length());
    }

    /** {@code OWNER/NAME[@REVISION]/FILE}; a revision has slashes only in the names of the hub's own references. */
    private static HubDataset dataset(String rest) {
        String[] parts = rest.split("/", 3);
        String[] name = parts[1].split("@", 2);
        if (name.length == 1) {
            return new HubDataset(parts[0], name[0], null, parts[2]);
        }
        if (!name[1].equals("refs")) {
            return new HubDataset(parts[0], name[0], name[1], parts[2]);
        }
        String[] reference = parts[2].split("/", 3);
        return new HubDataset(parts[0], name[0], "refs/" + reference[0] + "/" + reference[1], reference[2]);
    }

    private static Oci artifact(String rest) {
        String[] digested = rest.split("@", 2);
        String[] path = digested[0].split("/", 2);
        String[] tagged = path[1].split(":", 2);
        return new Oci(
                path[0], tagged[0], tagged.length > 1 ? tagged[1] : null, digested.length > 1 ? digested[1] : null);
    }

    private static String at(@Nullable String revision) {
        return revision == null ? "" : "@" + revision;
    }

    private static boolean isCommit(@Nullable String revision) {
        return revision != null && revision.matches("[0-9a-f]{40}");
    }

    private static String lastStep(String path) {
        String trimmed = path.replaceFirst("/+$", "");
        return trimmed.substring(trimmed.lastIndexOf('/') + 1);
    }

    private static String steps(String path) {
        return Arrays.stream(path.split("/"))
                .filter(step -> !step.isEmpty() && !step.equals("."))
                .collect(Collectors.joining("/"));
    }
}

package dev.lethe.sources;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lethe.api.resource.Location;
import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.RefusedInput;
import dev.lethe.merge.digest.Digest;
import dev.lethe.sources.RemoteFile.Packing;
import dev.lethe.sources.WebClient.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;

/**
 * Registries that speak OCI's distribution protocol. Artifacts are ModelPacks, whose layers are files or archives of files, what ORAS pushed,
 * and images whose layers hold files. Who asks is as {@code docker login} left it.
 */
final class OciRegistries implements Store {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final String ACCEPTED = String.join(
            ", ",
            "application/vnd.oci.image.manifest.v1+json",
            "application/vnd.oci.image.index.v1+json",
            "application/vnd.docker.distribution.manifest.v2+json",
            "application/vnd.docker.distribution.manifest.list.v2+json");

    /** The path of a layer's file, where the layer says it. */
    private static final List<String> PATHS = List.of("org.cncf.model.filepath", "org.opencontainers.image.title");

    private static final Pattern CHALLENGE = Pattern.compile("(realm|service|scope)=\"([^\"]*)\"");

    private final WebClient web = new WebClient();
    private final DockerConfig logins;
    private final Transfer transfer;

    /** What a registry is told, by repository. */
    private final Map<String, String> authorizations = new ConcurrentHashMap<>();

    private OciRegistries(DockerConfig logins, Transfer transfer) {
        this.logins = logins;
        this.transfer = transfer;
    }

    static OciRegistries of(Map<String, String> environment, Transfer transfer) {
        return new OciRegistries(DockerConfig.of(environment), transfer);
    }

    /** A manifest and the digest of its bytes. */
    private record Manifest(String digest, JsonNode json) {}

    @Override
    public Snapshot resolve(Location.Remote remote) {
        Location.Oci place = (Location.Oci) remote;
        Manifest named = manifest(
                place, Objects.requireNonNullElse(place.digest(), Objects.requireNonNullElse(place.tag(), "latest")));
        JsonNode layers = named.json().has("manifests")
                ? manifest(place, inIndex(place, named.json())).json().path("layers")
                : named.json().path("layers");
        List<RemoteFile> files = new ArrayList<>();
        layers.forEach(layer -> files.add(file(layer)));
        Location.Oci pinned = new Location.Oci(place.registry(), place.repository(), null, named.digest());
        List<RemoteFile> rows = files.stream()
                .filter(file -> !file.isArchive() && Snapshot.isRows(file.name()))
                .toList();
        return files.size() == 1 && rows.size() == 1
                ? Snapshot.file(pinned, rows.getFirst())
                : Snapshot.folder(pinned, files);
    }

    /** The digest of the manifest of an index that fits this machine, or is the only one. */
    private static String inIndex(Location.Oci place, JsonNode index) {
        List<JsonNode> all = StreamSupport.stream(index.path("manifests").spliterator(), false)
                .filter(it -> !it.path("platform").path("os").asText().equals("unknown")) // attestations
                .toList();
        return all.stream()
                .filter(it -> all.size() == 1
                        || it.path("platform").path("architecture").asText().equals("amd64"))
                .map(it -> it.path("digest").asText())
                .findFirst()
                .orElseThrow(() -> InvalidInput.at(
                        place.uri(), "index", all.size() + " manifests, none for amd64", "one manifest"));
    }

    private Manifest manifest(Location.Oci place, String reference) {
        byte[] body = transfer.persist(place.uri(), () -> {
            Answer answer = get(place, "manifests/" + reference, Map.of("Accept", ACCEPTED));
            return answer.document();
        });
        String digest = Digest.ofBytes(body);
        if (reference.startsWith("sha256:") && !reference.equals(digest)) {
            throw RefusedInput.at(place.uri(), "digest of the manifest", digest, reference);
        }
        try {
            return new Manifest(digest, JSON.readTree(body));
        } catch (IOException e) {
            throw InvalidInput.at(place.uri(), "manifest", "no JSON", "that of an artifact");
        }
    }

    private static RemoteFile file(JsonNode layer) {
        String digest = layer.path("digest").asText();
        Packing packing = packing(layer.path("mediaType").asText());
        String name = packing == Packing.NONE
                ? PATHS.stream()
                        .map(it -> layer.path("annotations").path(it).asText())
                        .filter(it -> !it.isEmpty())
                        .findFirst()
                        .map(Unpacking::name)
                        .orElse("")
                : digest.replace(':', '-');
        return new RemoteFile(
                name,
                layer.path("size").asLong(),
                Checksum.sha256(digest.replaceFirst("^sha256:", "")),
                digest,
                null,
                packing);
    }

    private static Packing packing(String mediaType) {
        return mediaType.matches(".*[.]tar[.+]gzip$")
                ? Packing.TAR_GZIP
                : mediaType.endsWith(".tar+zstd")
                        ? Packing.TAR_ZSTD
                        : mediaType.endsWith(".tar") ? Packing.TAR : Packing.NONE;
    }

    @Override
    public InputStream open(Snapshot snapshot, RemoteFile file, long from, long count) throws IOException {
        return get((Location.Oci) snapshot.place(), "blobs/" + file.address(), WebClient.range(from, count))
                .range(from);
    }

    /** Asks a repository; where it wants to know who asks, once more. */
    private Answer get(Location.Oci place, String path, Map<String, String> headers) throws IOException {
        URI uri = URI.create("%s/v2/%s/%s".formatted(server(place), place.repository(), path));
        String repository = place.registry() + "/" + place.repository();
        Answer answer = web.get(uri, headers, secret(repository));
        if (answer.status() == 401) {
            answer.body().close();
            authorizations.put(repository, authorization(place, answer.header("WWW-Authenticate")));
            answer = web.get(uri, headers, secret(repository));
        }
        requireGiven(place, answer);
        return answer;
    }

    private Map<String, String> secret(String repository) {
        String authorization = authorizations.get(repository);
        return authorization == null ? Map.of() : Map.of("Authorization", authorization);
    }

    /** Plain HTTP is for this machine alone, as with other clients. */
    private static String server(Location.Oci place) {
        String host = place.registry().replaceFirst(":\\d+$", "");
        boolean here = host.equals("localhost") || host.startsWith("127.");
        String registry = place.registry().equals("docker.io") ? "registry-1.docker.io" : place.registry();
        return (here ? "http://" : "https://") + registry;
    }

    /** What a registry's challenge is answered with: a login, or a token for which it is told where to ask. */
    private String authorization(Location.Oci place, String challenge) throws IOException {
        String login = logins.basic(
                        place.registry().equals("docker.io") ? "https://index.docker.io/v1/" : place.registry())
                .orElse("");
        if (!challenge.regionMatches(true, 0, "Bearer ", 0, 7)) {
            if (login.isEmpty()) {
                throw notLetIn(place, "nobody logged in");
            }
            return login;
        }
        Map<String, String> said = new TreeMap<>();
        Matcher parts = CHALLENGE.matcher(challenge);
        while (parts.find()) {
            said.put(parts.group(1), parts.group(2));
        }
        URI realm = realm(place, said.getOrDefault("realm", ""));
        URI uri = URI.create(realm + "?service="
                + URLEncoder.encode(said.getOrDefault("service", ""), UTF_8)
                + "&scope="
                + URLEncoder.encode(said.getOrDefault("scope", "repository:" + place.repository() + ":pull"), UTF_8));
        Answer answer = web.get(uri, Map.of(), login.isEmpty() ? Map.of() : Map.of("Authorization", login));
        byte[] body = answer.document();
        if (answer.status() != 200) {
            throw notLetIn(place, login.isEmpty() ? "nobody logged in" : "a login that is not accepted");
        }
        try {
            JsonNode json = JSON.readTree(body);
            String token = json.path("token").asText();
            return "Bearer " + (token.isEmpty() ? json.path("access_token").asText() : token);
        } catch (JsonProcessingException e) {
            throw InvalidInput.at(place.uri(), "answer of " + realm.getHost(), "no JSON", "a token");
        }
    }

    /** A login is told to a server that nobody can listen to, or not at all. */
    private static URI realm(Location.Oci place, String realm) {
        boolean safe = realm.startsWith("https://")
                || (realm.startsWith("http://") && server(place).startsWith("http://"));
        if (!safe || realm.contains("?")) {
            throw InvalidInput.at(place.uri(), "realm", realm, "an https:// URL where tokens are given");
        }
        return URI.create(realm);
    }

    private static RefusedInput notLetIn(Location.Oci place, String found) {
        return RefusedInput.at(
                place.uri(), "access", found, "docker login " + place.registry() + " of somebody who may read it");
    }

    private static void requireGiven(Location.Oci place, Answer answer) throws IOException {
        int status = answer.status();
        if (status / 100 == 2) {
            return;
        }
        answer.body().close();
        if (status == 401 || status == 403) {
            throw notLetIn(
                    place,
                    "somebody whom %s does not let in".formatted(answer.uri().getHost()));
        }
        throw InvalidInput.at(
                place.uri(),
                "artifact",
                status == 404 ? "none of that name" : "HTTP %d".formatted(status),
                "a tag or a digest of " + place.registry());
    }

    @Override
    public void close() {
        web.close();
    }
}

package dev.lethe.sources;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lethe.api.resource.Location;
import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.RefusedInput;
import dev.lethe.sources.WebClient.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The Hugging Face Hub, or a server that speaks its protocol. It reads the environment as {@code huggingface_hub} does:
 * {@code HF_ENDPOINT}, {@code HF_TOKEN} or the token's file, {@code HF_HUB_OFFLINE}, and what is in that library's cache is not
 * fetched again.
 */
final class HuggingFace implements Store {
    private static final String HUB = "https://huggingface.co";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final WebClient web = new WebClient();
    private final String endpoint;
    private final Map<String, String> secret;
    private final boolean offline;
    private final HubCache cache;
    private final Transfer transfer;

    /** Where the hub says that a file's bytes are, by the URL that it was asked for. */
    private final Map<URI, URI> redirected = new ConcurrentHashMap<>();

    private HuggingFace(String endpoint, @Nullable String token, boolean offline, HubCache cache, Transfer transfer) {
        this.endpoint = endpoint;
        this.secret = token == null ? Map.of() : Map.of("Authorization", "Bearer " + token);
        this.offline = offline;
        this.cache = cache;
        this.transfer = transfer;
    }

    static HuggingFace of(Map<String, String> environment, Transfer transfer) {
        return new HuggingFace(
                WebClient.endpoint(environment, "HF_ENDPOINT")
                        .map(URI::toString)
                        .orElse(HUB),
                token(environment),
                Set.of("1", "ON", "YES", "TRUE")
                        .contains(environment.getOrDefault("HF_HUB_OFFLINE", "").toUpperCase(Locale.ROOT)),
                HubCache.of(environment),
                transfer);
    }

    private static @Nullable String token(Map<String, String> environment) {
        for (String name : List.of("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN")) {
            String token = environment.getOrDefault(name, "").strip();
            if (!token.isEmpty()) {
                return token;
            }
        }
        String named = environment.getOrDefault("HF_TOKEN_PATH", "");
        Path file = named.isBlank() ? HubCache.home(environment).resolve("token") : Path.of(named);
        try {
            String token = Files.isRegularFile(file) ? Files.readString(file).strip() : "";
            return token.isEmpty() ? null : token;
        } catch (IOException e) {
            throw InvalidInput.unreadable(file, e);
        }
    }

    /** A repository of the hub, and what is wanted of it. */
    private record Repository(String kind, String owner, String name, @Nullable String revision) {
        static Repository of(Location.Remote place) {
            return switch (place) {
                case Location.HubModel(var owner, var name, var revision) ->
                    new Repository("models", owner, name, revision);
                case Location.HubDataset(var owner, var name, var revision, var _) ->
                    new Repository("datasets", owner, name, revision);
                default -> throw new IllegalArgumentException(place.uri());
            };
        }

        String revisionOrMain() {
            return Objects.requireNonNullElse(revision, "main");
        }

        /** As the cache names it. */
        String folder() {
            return "%s--%s--%s".formatted(kind, owner, name);
        }

        String page() {
            return (kind.equals("models") ? "" : kind + "/") + owner + "/" + name;
        }
    }

    @Override
    public Snapshot resolve(Location.Remote place) {
        Repository repository = Repository.of(place);
        if (offline) {
            return offline(place, repository);
        }
        String api = "%s/api/%s/%s/%s"
                .formatted(
                        endpoint,
                        repository.kind(),
                        WebClient.step(repository.owner()),
                        WebClient.step(repository.name()));
        URI uri = URI.create(
                api + (repository.revision() == null ? "" : "/revision/" + WebClient.step(repository.revision()))
                        + "?blobs=true");
        JsonNode said = transfer.persist(place.uri(), () -> document(place, web.get(uri, Map.of(), secret)));
        String commit = said.path("sha").asText();
        if (!commit.matches("[0-9a-f]{40}") || !said.path("siblings").isArray()) {
            throw InvalidInput.at(place.uri(), "answer of " + endpoint, "no commit and files", "those of a repository");
        }
        List<RemoteFile> files = new ArrayList<>();
        said.path("siblings").forEach(file -> files.add(file(file)));
        return snapshot(at(place, commit), files);
    }

    private static RemoteFile file(JsonNode file) {
        String name = file.path("rfilename").asText();
        String sha256 = file.path("lfs").path("sha256").asText();
        String blob = file.path("blobId").asText();
        Checksum checksum = !sha256.isEmpty()
                ? Checksum.sha256(sha256)
                : blob.isEmpty() ? null : new Checksum(Checksum.Algorithm.GIT_BLOB, blob);
        return RemoteFile.of(name, file.path("size").asLong(), checksum, name, null);
    }

    /** The files that are taken of a repository. */
    private static Snapshot snapshot(Location.Remote place, List<RemoteFile> files) {
        if (!(place instanceof Location.HubDataset dataset)) {
            return Snapshot.folder(place, files);
        }
        RemoteFile wanted = files.stream()
                .filter(file -> file.address().equals(dataset.file()))
                .findFirst()
                .orElseThrow(() -> InvalidInput.at(
                        place.uri(), "file", "none of that name", "one of its " + files.size() + " files"));
        return Snapshot.file(
                place, RemoteFile.of(place.title(), wanted.size(), wanted.checksum(), wanted.address(), null));
    }

    private static Location.Remote at(Location.Remote place, String commit) {
        return switch (place) {
            case Location.HubModel(var owner, var name, var _) -> new Location.HubModel(owner, name, commit);
            case Location.HubDataset(var owner, var name, var _, var file) ->
                new Location.HubDataset(owner, name, commit, file);
            default -> throw new IllegalArgumentException(place.uri());
        };
    }

    private Snapshot offline(Location.Remote place, Repository repository) {
        String commit = place.immutable()
                ? repository.revisionOrMain()
                : cache.commit(repository.folder(), repository.revisionOrMain()).orElse("");
        List<RemoteFile> files = commit.isEmpty() ? List.of() : cache.files(repository.folder(), commit);
        if (files.isEmpty()) {
            throw InvalidInput.at(
                    place.uri(),
                    "HF_HUB_OFFLINE",
                    "nothing of it in " + cache.root(),
                    "what an earlier download left there, or to be online");
        }
        return snapshot(at(place, commit), files);
    }

    @Override
    public Optional<Path> onThisMachine(Snapshot snapshot) {
        Repository repository = Repository.of(snapshot.place());
        Path folder = cache.snapshot(repository.folder(), repository.revisionOrMain());
        boolean whole =
                snapshot.files().stream().allMatch(file -> HubCache.sized(folder.resolve(file.address()), file.size()));
        return whole
                ? Optional.of(
                        snapshot.folder()
                                ? folder
                                : folder.resolve(snapshot.files().getFirst().address()))
                : Optional.empty();
    }

    @Override
    public InputStream open(Snapshot snapshot, RemoteFile file, long from, long count) throws IOException {
        Repository repository = Repository.of(snapshot.place());
        Optional<Path> here = cache.content(repository.folder(), repository.revisionOrMain(), file);
        if (here.isPresent()) {
            return Channels.newInputStream(FileChannel.open(here.get()).position(from));
        }
        URI uri = URI.create("%s/%s/resolve/%s/%s"
                .formatted(
                        endpoint,
                        WebClient.path(repository.page()),
                        WebClient.step(repository.revisionOrMain()),
                        WebClient.path(file.address())));
        URI known = redirected.get(uri);
        if (known != null) {
            Answer direct = web.get(known, WebClient.range(from, count), Map.of());
            if (direct.status() / 100 == 2) {
                return direct.range(from);
            }
            direct.body().close();
            redirected.remove(uri); // a signed URL is good for some time
        }
        Answer answer = web.get(uri, WebClient.range(from, count), secret);
        requireGiven(snapshot.place(), answer);
        if (!WebClient.sameServer(uri, answer.uri())) {
            redirected.put(uri, answer.uri());
        }
        return answer.range(from);
    }

    private JsonNode document(Location.Remote place, Answer answer) throws IOException {
        requireGiven(place, answer);
        try {
            return JSON.readTree(answer.document());
        } catch (JsonProcessingException e) {
            throw InvalidInput.at(place.uri(), "answer of " + endpoint, "no JSON", "that of a hub");
        }
    }

    /** Says in a line why a hub does not give what it was asked for. */
    private void requireGiven(Location.Remote place, Answer answer) throws IOException {
        if (answer.status() / 100 == 2) {
            return;
        }
        answer.body().close();
        String where = place.uri();
        String page = endpoint + "/" + Repository.of(place).page();
        String token = secret.isEmpty() ? "no token" : "a token";
        switch (answer.header("X-Error-Code")) {
            case "GatedRepo" ->
                throw RefusedInput.at(
                        where,
                        "access",
                        "a gated repository and " + token,
                        "HF_TOKEN of somebody to whom " + page + " was granted");
            case "RepoNotFound" ->
                throw InvalidInput.at(
                        where,
                        "repository",
                        "none of that name that can be read with " + token,
                        "a public one, or HF_TOKEN of somebody who may read it");
            case "RevisionNotFound" ->
                throw InvalidInput.at(where, "revision", "none of that name", "a branch, a tag or a commit");
            case "EntryNotFound" ->
                throw InvalidInput.at(where, "file", "none of that name", "one of the repository's");
            default -> {
                if (answer.status() == 401 || answer.status() == 403) {
                    throw RefusedInput.at(
                            where,
                            "access",
                            "%s that %s does not let in (HTTP %d)"
                                    .formatted(token, answer.uri().getHost(), answer.status()),
                            "HF_TOKEN of somebody who may read it, and that has not expired");
                }
                throw InvalidInput.at(
                        where,
                        "answer",
                        "HTTP %d of %s".formatted(answer.status(), answer.uri().getHost()),
                        "the repository's files");
            }
        }
    }

    @Override
    public void close() {
        web.close();
    }
}

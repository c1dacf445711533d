"""What part of the world a picture shows, and at what scale: a frozen value that converts points both ways."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from geo import projection
from geo.late import np
from geo.projection import Points

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

Bounds = tuple[float, float, float, float]
"""Left, bottom, right and top in EPSG:3857 metres."""

FINEST, COARSEST = 0.02, 40_000.0


@dataclass(frozen=True, slots=True)
class View:
    """A window on the world.

    Parameters
    ----------
    x, y
        The centre, in EPSG:3857 metres.
    scale
        Mercator metres per logical pixel.
    width, height
        Logical pixels.
    ratio
        Device pixels per logical pixel.
    """

    x: float
    y: float
    scale: float
    width: int
    height: int
    ratio: float = 1.0

    @property
    def bounds(self) -> Bounds:
        """Return what is shown, in EPSG:3857 metres."""
        half_width, half_height = self.width * self.scale / 2, self.height * self.scale / 2
        return self.x - half_width, self.y - half_height, self.x + half_width, self.y + half_height

    @property
    def step(self) -> int:
        """Return the zoom step, the power of two nearest to the scale; geometry is simplified once per step."""
        return round(float(np.log2(self.scale)))

    @property
    def ground_scale(self) -> float:
        """Return metres on the ground per logical pixel at the centre."""
        latitude = float(projection.to_lonlat([[self.x, self.y]])[0, 1])
        return self.scale * projection.ground_metres(latitude)

    def world_to_screen(self, xy: "ArrayLike") -> Points:
        """Return logical pixels from the top left, shape (n, 2), of EPSG:3857 metres, shape (n, 2)."""
        world = np.asarray(xy, dtype=np.float64).reshape(-1, 2)
        return (world - (self.x, self.y)) * (1 / self.scale, -1 / self.scale) + (self.width / 2, self.height / 2)

    def screen_to_world(self, points: "ArrayLike") -> Points:
        """Return EPSG:3857 metres, shape (n, 2), of logical pixels from the top left, shape (n, 2)."""
        screen = np.asarray(points, dtype=np.float64).reshape(-1, 2)
        return (screen - (self.width / 2, self.height / 2)) * (self.scale, -self.scale) + (self.x, self.y)

    def lonlat_to_screen(self, lonlat: "ArrayLike") -> Points:
        """Return logical pixels, shape (n, 2), of longitudes and latitudes in degrees, shape (n, 2)."""
        return self.world_to_screen(projection.to_mercator(lonlat))

    def screen_to_lonlat(self, points: "ArrayLike") -> Points:
        """Return longitudes and latitudes in degrees, shape (n, 2), of logical pixels, shape (n, 2)."""
        return projection.to_lonlat(self.screen_to_world(points))

    def zoomed(self, factor: float, x: float | None = None, y: float | None = None) -> "View":
        """Return the view closer by a factor (2 shows half as much); the pixel (x, y) stays over its place."""
        at_x = self.width / 2 if x is None else x
        at_y = self.height / 2 if y is None else y
        scale = min(max(self.scale / factor, FINEST), COARSEST)
        shift = self.scale - scale
        centre_x = self.x + (at_x - self.width / 2) * shift
        centre_y = self.y - (at_y - self.height / 2) * shift
        return replace(self, x=centre_x, y=centre_y, scale=scale)

    def panned(self, dx: float, dy: float) -> "View":
        """Return the view after the picture was dragged by logical pixels, right and down."""
        return replace(self, x=self.x - dx * self.scale, y=self.y + dy * self.scale)

    def resized(self, width: int, height: int, ratio: float | None = None) -> "View":
        """Return the view in a frame of another size; centre and scale stay."""
        return replace(self, width=width, height=height, ratio=self.ratio if ratio is None else ratio)

    def centred(self, x: float, y: float, scale: float | None = None) -> "View":
        """Return the view with a point, in EPSG:3857 metres, in its middle."""
        return replace(self, x=x, y=y, scale=self.scale if scale is None else scale)

    def fitted(self, bounds: Bounds, margin: float = 24, least: float = 0) -> "View":
        """Return the view that shows all of some bounds with a margin in logical pixels around them.

        It shows at least so many metres each way, however small the bounds are.
        """
        left, bottom, right, top = bounds
        inner_width, inner_height = max(self.width - 2 * margin, 1), max(self.height - 2 * margin, 1)
        scale = max(max(right - left, least) / inner_width, max(top - bottom, least) / inner_height, FINEST)
        return replace(self, x=(left + right) / 2, y=(bottom + top) / 2, scale=min(scale, COARSEST))

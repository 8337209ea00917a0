"""All measures of a segmentation against the truth, to be imported from here.

Masks are booleans (or labels with background 0) [z, y, x] on one grid, spacings are mm. A measure
that has no value for a pair of masks raises `UndefinedMeasure`, whose message says why; what
happens with empty masks is said where each measure is defined.
"""

from inference.evaluation.centre_lines import centre_line as centre_line
from inference.evaluation.centre_lines import centre_line_recall as centre_line_recall
from inference.evaluation.centre_lines import cl_dice as cl_dice
from inference.evaluation.masks import UndefinedMeasure as UndefinedMeasure
from inference.evaluation.overlap import dice as dice
from inference.evaluation.overlap import precision as precision
from inference.evaluation.overlap import recall as recall
from inference.evaluation.overlap import volume_error_ml as volume_error_ml
from inference.evaluation.overlap import volume_error_percent as volume_error_percent
from inference.evaluation.surfaces import SurfaceDistances as SurfaceDistances
from inference.evaluation.surfaces import surface_dice as surface_dice
from inference.evaluation.surfaces import surface_distances as surface_distances
from inference.evaluation.topology import betti_errors as betti_errors
from inference.evaluation.topology import betti_numbers as betti_numbers
